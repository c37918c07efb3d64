-- Scores: the ideal partner profile, what partners were judged, and who is being judged.

SET LOCAL lock_timeout = '4s';

CREATE TABLE ideal_partner_profiles (
    organization_id uuid PRIMARY KEY DEFAULT current_organization() REFERENCES organizations,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- Basis points of the four C's.
    weights jsonb NOT NULL DEFAULT '{"capacity": 2500, "capability": 2500, "commitment": 2500, "customer_alignment": 2500}',
    -- What a new organization begins with; a test holds it equal to the default in the code.
    criteria jsonb NOT NULL DEFAULT '[
        {"key": "head_count", "label": "Has at least 50 employees", "dimension": "capacity", "weight": 4, "filter": {"op": "gte", "field": "employees", "value": 50}},
        {"key": "regions", "label": "Works in named regions", "dimension": "capacity", "weight": 3, "filter": {"op": "is_null", "field": "regions", "value": false}},
        {"key": "languages", "label": "Works in named languages", "dimension": "capacity", "weight": 2, "filter": {"op": "is_null", "field": "languages", "value": false}},
        {"key": "services", "label": "Offers services", "dimension": "capability", "weight": 4, "filter": {"op": "is_null", "field": "services", "value": false}},
        {"key": "products", "label": "Offers products of its own", "dimension": "capability", "weight": 3, "filter": {"op": "is_null", "field": "products", "value": false}},
        {"key": "category", "label": "Brings a solution or technology", "dimension": "capability", "weight": 2, "filter": {"op": "in", "field": "category", "value": ["solution", "technology"]}},
        {"key": "deals_registered", "label": "Has registered deals", "dimension": "commitment", "weight": 4, "filter": {"op": "or", "filters": [{"op": "gte", "field": "active_deals", "value": 1}, {"op": "gte", "field": "closed_deals", "value": 1}]}},
        {"key": "target_agreed", "label": "Has agreed on a revenue target", "dimension": "commitment", "weight": 3, "filter": {"op": "gte", "field": "annual_revenue_target", "value": 1}},
        {"key": "stage_progress", "label": "Is past the first talks", "dimension": "commitment", "weight": 3, "filter": {"op": "in", "field": "stage", "value": ["onboarding", "active", "scaling", "signed", "enabled", "activated"]}},
        {"key": "industry", "label": "Works in a named industry", "dimension": "customer_alignment", "weight": 2, "filter": {"op": "is_null", "field": "industry", "value": false}},
        {"key": "won_accounts", "label": "Has won customers with us", "dimension": "customer_alignment", "weight": 4, "filter": {"op": "gte", "field": "customers", "value": 1}}
    ]',
    narrative text,
    CONSTRAINT ideal_partner_profiles_weights_check CHECK
        ((weights ->> 'capacity')::bigint + (weights ->> 'capability')::bigint + (weights ->> 'commitment')::bigint
            + (weights ->> 'customer_alignment')::bigint = 10000),
    CONSTRAINT ideal_partner_profiles_criteria_check CHECK
        (jsonb_typeof(criteria) = 'array' AND jsonb_array_length(criteria) <= 30),
    CONSTRAINT ideal_partner_profiles_narrative_check CHECK (char_length(narrative) BETWEEN 1 AND 5000)
);

-- What is there already. The owner of the tables may not be a superuser: it looks over the wall for this moment.
ALTER TABLE organizations NO FORCE ROW LEVEL SECURITY;
INSERT INTO ideal_partner_profiles (organization_id) SELECT organization_id FROM organizations;
ALTER TABLE organizations FORCE ROW LEVEL SECURITY;

CALL wall_off('ideal_partner_profiles');

-- A new organization has its profile from the first moment, whatever version of the server makes it.
CREATE FUNCTION add_ideal_partner_profile() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ideal_partner_profiles (organization_id) VALUES (NEW.organization_id);
    RETURN NULL;
END $$;
CREATE TRIGGER add_ideal_partner_profile AFTER INSERT ON organizations
    FOR EACH ROW EXECUTE FUNCTION add_ideal_partner_profile();

-- The version of the profile that a partner's scores were made by: another one than the present makes them stale, so that
-- a new profile writes no partner.
ALTER TABLE partners ADD COLUMN scored_profile_version bigint;

-- Every judgement of a partner, for as long as the partner is kept.
CREATE TABLE scores (
    organization_id uuid NOT NULL DEFAULT current_organization() REFERENCES organizations,
    id uuid NOT NULL,
    partner_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    fit_score bigint NOT NULL,
    health_score bigint NOT NULL,
    four_c_breakdown jsonb NOT NULL,
    key_strengths text[] NOT NULL DEFAULT '{}',
    ai_summary text,
    evidence jsonb NOT NULL,
    engine text NOT NULL,
    fallback_reason text,
    -- SHA-256 of everything that decided, in hexadecimal.
    input_hash text NOT NULL,
    PRIMARY KEY (organization_id, id),
    CONSTRAINT scores_fit_score_check CHECK (fit_score BETWEEN 0 AND 100),
    CONSTRAINT scores_health_score_check CHECK (health_score BETWEEN 0 AND 100),
    CONSTRAINT scores_key_strengths_check CHECK (cardinality(key_strengths) <= 10),
    CONSTRAINT scores_evidence_check CHECK (jsonb_typeof(evidence) = 'array' AND jsonb_array_length(evidence) <= 60),
    CONSTRAINT scores_partner_id_fkey FOREIGN KEY (organization_id, partner_id) REFERENCES partners ON DELETE CASCADE
);
CREATE INDEX scores_partner_id ON scores (organization_id, partner_id, id);
CALL wall_off('scores');
REVOKE UPDATE ON scores FROM partneros_app;

-- Partners that are being judged, and by which task: nobody else judges them meanwhile. A claim of a task that has died
-- ends by itself. No reference to the partner, which would wait for whoever writes it.
CREATE TABLE score_claims (
    organization_id uuid NOT NULL DEFAULT current_organization() REFERENCES organizations,
    partner_id uuid NOT NULL,
    task_id uuid NOT NULL,
    held_until timestamptz NOT NULL,
    PRIMARY KEY (organization_id, partner_id)
);
CREATE INDEX score_claims_task_id ON score_claims (organization_id, task_id);
CALL wall_off('score_claims');
