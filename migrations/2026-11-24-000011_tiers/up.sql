-- Tiers that are computed: the policy, the rules as one row, and the history of tiers and stages.

SET LOCAL lock_timeout = '4s';

-- Tiers get the id of a resource, and one that is deleted while many partners hold it stays, unseen, until a job has
-- moved them.
ALTER TABLE tiers
    ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid(),
    ADD COLUMN deleted_at timestamptz,
    ADD CONSTRAINT tiers_id_key UNIQUE (organization_id, id),
    ADD CONSTRAINT tiers_name_check CHECK (char_length(name) BETWEEN 1 AND 60),
    DROP CONSTRAINT tiers_rank_key;
CREATE UNIQUE INDEX tiers_rank_key ON tiers (organization_id, rank) WHERE deleted_at IS NULL;

CREATE TABLE tier_policies (
    organization_id uuid PRIMARY KEY DEFAULT current_organization() REFERENCES organizations,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    mode text NOT NULL DEFAULT 'automatic',
    evaluate_on text[] NOT NULL DEFAULT '{partner_updated,deal_closed,scores_updated,daily}',
    demotion_grace_days int NOT NULL DEFAULT 0,
    -- When all partners were evaluated last.
    evaluated_at timestamptz,
    CONSTRAINT tier_policies_mode_check CHECK (mode IN ('automatic', 'manual')),
    CONSTRAINT tier_policies_evaluate_on_check CHECK
        (evaluate_on <@ '{partner_updated,deal_closed,scores_updated,daily}'::text[]),
    CONSTRAINT tier_policies_demotion_grace_days_check CHECK (demotion_grace_days BETWEEN 0 AND 365)
);

-- Every change of a partner's tier, for ever. The tiers it names may be gone by now.
CREATE TABLE tier_changes (
    organization_id uuid NOT NULL DEFAULT current_organization() REFERENCES organizations,
    id uuid NOT NULL,
    partner_id uuid NOT NULL,
    from_tier text,
    to_tier text,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    source text NOT NULL,
    -- SHA-256 of key, rank and requirement of all tiers, in hexadecimal.
    rules_hash text NOT NULL,
    actor jsonb NOT NULL,
    PRIMARY KEY (organization_id, id),
    CONSTRAINT tier_changes_source_check CHECK (source IN ('automatic', 'manual')),
    CONSTRAINT tier_changes_partner_id_fkey FOREIGN KEY (organization_id, partner_id) REFERENCES partners ON DELETE CASCADE
);
CREATE INDEX tier_changes_partner_id ON tier_changes (organization_id, partner_id, id);

-- Every change of a partner's stage; being created counts as entering the first one.
CREATE TABLE stage_changes (
    organization_id uuid NOT NULL DEFAULT current_organization() REFERENCES organizations,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    partner_id uuid NOT NULL,
    from_stage text,
    to_stage text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor jsonb NOT NULL,
    PRIMARY KEY (organization_id, id),
    CONSTRAINT stage_changes_partner_id_fkey FOREIGN KEY (organization_id, partner_id) REFERENCES partners ON DELETE CASCADE
);
CREATE INDEX stage_changes_partner_id ON stage_changes (organization_id, partner_id, at);
CREATE INDEX stage_changes_at ON stage_changes (organization_id, at);

-- What is there already. The owner of the tables may not be a superuser: it looks over the wall for this moment.
ALTER TABLE organizations NO FORCE ROW LEVEL SECURITY;
ALTER TABLE partners NO FORCE ROW LEVEL SECURITY;
INSERT INTO tier_policies (organization_id) SELECT organization_id FROM organizations;
INSERT INTO stage_changes (organization_id, partner_id, to_stage, at, actor)
    SELECT organization_id, id, stage, stage_changed_at, '{"type": "system", "id": null, "name": "migration"}' FROM partners;
ALTER TABLE partners FORCE ROW LEVEL SECURITY;
ALTER TABLE organizations FORCE ROW LEVEL SECURITY;

CALL wall_off('tier_policies');
CALL wall_off('tier_changes');
CALL wall_off('stage_changes');
REVOKE UPDATE ON tier_changes, stage_changes FROM partneros_app;

-- A new organization has its policy from the first moment, whatever version of the server makes it.
CREATE FUNCTION add_tier_policy() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tier_policies (organization_id) VALUES (NEW.organization_id);
    RETURN NULL;
END $$;
CREATE TRIGGER add_tier_policy AFTER INSERT ON organizations FOR EACH ROW EXECUTE FUNCTION add_tier_policy();

-- Policy and tiers as one row, tiers by rank downwards. With `held` they stay as they are until the transaction ends:
-- whoever decides on tiers by them holds them, whoever changes them takes them for itself. So no partner is left with
-- the tier of rules that were changed meanwhile. Held BEFORE rows of partners are locked, or transactions would wait
-- for each other in a circle. VOLATILE, so that what is read is what was there when the lock was got.
CREATE FUNCTION tier_rules(held boolean)
    RETURNS TABLE (mode text, evaluate_on text[], demotion_grace_days int, currency text, timezone text, tiers jsonb)
    LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
    IF held THEN
        PERFORM pg_advisory_xact_lock_shared(1953064306, hashtext(current_setting('app.organization_id')));
    END IF;
    RETURN QUERY
        SELECT p.mode, p.evaluate_on, p.demotion_grace_days, o.currency, o.timezone,
               (SELECT coalesce(jsonb_agg(jsonb_build_object('key', t.key, 'rank', t.rank, 'is_default', t.is_default,
                                                             'requirement', t.requirement) ORDER BY t.rank DESC), '[]')
                FROM tiers t WHERE t.deleted_at IS NULL)
        FROM tier_policies p, organizations o;
END $$;

CREATE FUNCTION hold_tier_rules() RETURNS void LANGUAGE sql VOLATILE
    AS $$ SELECT pg_advisory_xact_lock(1953064306, hashtext(current_setting('app.organization_id'))) $$;
