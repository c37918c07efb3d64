-- Deals: deal registrations of partners.

CREATE TABLE deals (
    organization_id uuid NOT NULL DEFAULT current_organization() REFERENCES organizations,
    id uuid NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    deleted_at timestamptz,
    partner_id uuid NOT NULL,
    external_id text,
    name text NOT NULL,
    account_name text NOT NULL,
    account_domain text,
    -- What the account is told apart by: its domain, or where it has none its normalised name.
    account_key text NOT NULL,
    status text NOT NULL,
    stage text,
    motion text NOT NULL DEFAULT 'other',
    value bigint NOT NULL DEFAULT 0,
    registered_on date NOT NULL,
    expected_close_on date,
    expires_on date,
    closed_on date,
    lost_reason text,
    rejection_reason text,
    decided_by jsonb,
    decided_at timestamptz,
    owner_id uuid,
    notes text,
    -- What the search looks at; kept by the database, read by `search_deals` alone.
    search_text text GENERATED ALWAYS AS
        (lower((name || ' ' || account_name || ' ' || coalesce(account_domain, '')) COLLATE "und-x-icu")) STORED,
    PRIMARY KEY (organization_id, id),
    CONSTRAINT deals_name_check CHECK (char_length(name) BETWEEN 1 AND 300),
    CONSTRAINT deals_account_name_check CHECK (char_length(account_name) BETWEEN 1 AND 300),
    CONSTRAINT deals_status_check CHECK
        (status IN ('submitted', 'under_review', 'approved', 'rejected', 'expired', 'won', 'lost')),
    CONSTRAINT deals_motion_check CHECK (motion IN ('service', 'product', 'other')),
    CONSTRAINT deals_value_check CHECK (value BETWEEN 0 AND 9007199254740991),
    CONSTRAINT deals_closed_on_check CHECK
        ((status IN ('won', 'lost')) = (closed_on IS NOT NULL) AND (closed_on IS NULL OR closed_on >= registered_on)),
    CONSTRAINT deals_lost_reason_check CHECK (lost_reason IS NULL OR status = 'lost'),
    CONSTRAINT deals_rejection_reason_check CHECK (rejection_reason IS NULL OR status = 'rejected'),
    CONSTRAINT deals_partner_id_fkey FOREIGN KEY (organization_id, partner_id) REFERENCES partners ON DELETE CASCADE,
    CONSTRAINT deals_owner_id_fkey FOREIGN KEY (organization_id, owner_id) REFERENCES members
);
CALL wall_off('deals');

CREATE UNIQUE INDEX deals_external_id_key ON deals (organization_id, external_id) WHERE deleted_at IS NULL;

-- The sorts people use; one index serves both directions. Keep in step with `indexed()` in the field catalogue.
CREATE INDEX deals_live ON deals (organization_id, id) WHERE deleted_at IS NULL;
CREATE INDEX deals_name ON deals (organization_id, (name COLLATE case_insensitive), id) WHERE deleted_at IS NULL;
CREATE INDEX deals_value ON deals (organization_id, value, id) WHERE deleted_at IS NULL;
CREATE INDEX deals_registered_on ON deals (organization_id, registered_on, id) WHERE deleted_at IS NULL;
CREATE INDEX deals_expected_close_on ON deals (organization_id, expected_close_on, id) WHERE deleted_at IS NULL;
CREATE INDEX deals_expires_on ON deals (organization_id, expires_on, id) WHERE deleted_at IS NULL;
CREATE INDEX deals_closed_on ON deals (organization_id, closed_on, id) WHERE deleted_at IS NULL;
CREATE INDEX deals_created_at ON deals (organization_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX deals_updated_at ON deals (organization_id, updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX deals_updated_at_all ON deals (organization_id, updated_at, id);
-- The deals of a partner and what is added up of them, channel conflict, the daily expiry, the foreign keys.
CREATE INDEX deals_partner_id ON deals (organization_id, partner_id, id);
CREATE INDEX deals_account_key ON deals (organization_id, account_key) WHERE deleted_at IS NULL;
CREATE INDEX deals_due ON deals (organization_id, expires_on, id) WHERE status = 'approved' AND deleted_at IS NULL;
CREATE INDEX deals_owner_id ON deals (organization_id, owner_id, id) WHERE owner_id IS NOT NULL;
CREATE INDEX deals_deleted_at ON deals (organization_id, deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX deals_search ON deals USING gin (organization_id, search_text gin_trgm_ops) WHERE deleted_at IS NULL;

-- Parts of words of name, account and domain of the account; see `search_contacts`.
CREATE POLICY definer ON deals FOR SELECT TO partneros_definer USING (true);
GRANT SELECT ON deals TO partneros_definer;

CREATE FUNCTION search_deals(needle text) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    SET enable_indexscan = off SET enable_indexonlyscan = off SET enable_seqscan = off
AS $$
    SELECT id FROM deals
    WHERE organization_id = current_organization() AND deleted_at IS NULL AND search_text LIKE like_pattern(needle)
$$;
ALTER FUNCTION search_deals(text) OWNER TO partneros_definer;
REVOKE ALL ON FUNCTION search_deals(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION search_deals(text) TO partneros_app;
