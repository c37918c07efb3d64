-- Partners and what hangs on them: tiers, tags, contacts, overrides.

CREATE TABLE tiers (
    organization_id uuid NOT NULL DEFAULT current_organization() REFERENCES organizations,
    key text NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    name text NOT NULL,
    rank int NOT NULL,
    description text,
    requirement jsonb,
    is_default boolean NOT NULL DEFAULT false,
    color text,
    PRIMARY KEY (organization_id, key),
    CONSTRAINT tiers_rank_key UNIQUE (organization_id, rank),
    CONSTRAINT tiers_rank_check CHECK (rank BETWEEN 1 AND 100),
    CONSTRAINT tiers_key_check CHECK (key ~ '^[a-z][a-z0-9_]{0,39}$')
);
CALL wall_off('tiers');
CREATE UNIQUE INDEX tiers_is_default_key ON tiers (organization_id) WHERE is_default;

CREATE TABLE tags (
    organization_id uuid NOT NULL DEFAULT current_organization() REFERENCES organizations,
    id uuid NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    category text NOT NULL,
    name text NOT NULL,
    color text,
    PRIMARY KEY (organization_id, id),
    CONSTRAINT tags_category_check CHECK (category IN ('services', 'products', 'regions')),
    CONSTRAINT tags_name_check CHECK (char_length(name) BETWEEN 1 AND 60)
);
CALL wall_off('tags');
CREATE UNIQUE INDEX tags_name_key ON tags (organization_id, category, lower(name COLLATE "und-x-icu"));

CREATE TABLE partners (
    organization_id uuid NOT NULL DEFAULT current_organization() REFERENCES organizations,
    id uuid NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    deleted_at timestamptz,
    created_via text NOT NULL,
    external_id text,
    name text NOT NULL,
    normalised_name text NOT NULL,
    domain text,
    logo_url text,
    logo_source text,
    industry text,
    description text,
    employees bigint,
    company_revenue bigint,
    regions text[] NOT NULL DEFAULT '{}',
    services text[] NOT NULL DEFAULT '{}',
    products text[] NOT NULL DEFAULT '{}',
    languages text[] NOT NULL DEFAULT '{}',
    type text NOT NULL,
    subtype text,
    category text,
    tier text,
    tier_source text NOT NULL DEFAULT 'automatic',
    tier_changed_at timestamptz,
    tier_at_risk_since timestamptz,
    tag_ids uuid[] NOT NULL DEFAULT '{}',
    status text NOT NULL DEFAULT 'pending',
    stage text NOT NULL DEFAULT 'prospect',
    stage_changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    in_intelligence boolean NOT NULL DEFAULT true,
    partner_manager_id uuid,
    primary_contact_id uuid,
    key_stakeholders jsonb NOT NULL DEFAULT '[]',
    joint_value_proposition text,
    executive_summary text,
    pipeline bigint NOT NULL DEFAULT 0,
    revenue bigint NOT NULL DEFAULT 0,
    product_revenue bigint NOT NULL DEFAULT 0,
    active_deals bigint NOT NULL DEFAULT 0,
    closed_deals bigint NOT NULL DEFAULT 0,
    customers bigint NOT NULL DEFAULT 0,
    annual_revenue_target bigint,
    quarterly_weights jsonb NOT NULL DEFAULT '{"q1": 2500, "q2": 2500, "q3": 2500, "q4": 2500}',
    fit_score bigint,
    health_score bigint,
    four_c_breakdown jsonb,
    key_strengths text[] NOT NULL DEFAULT '{}',
    ai_summary text,
    scored_at timestamptz,
    scores_stale boolean NOT NULL DEFAULT false,
    overridden_fields text[] NOT NULL DEFAULT '{}',
    -- What the search looks at; kept by the database, read by `search_partners` alone.
    search_name text GENERATED ALWAYS AS (lower(name COLLATE "und-x-icu")) STORED,
    search_words tsvector GENERATED ALWAYS AS (to_tsvector('simple', coalesce(left(description, 5000), ''))) STORED,
    PRIMARY KEY (organization_id, id),
    CONSTRAINT partners_name_check CHECK (char_length(name) BETWEEN 1 AND 200),
    CONSTRAINT partners_created_via_check CHECK (created_via IN ('manual', 'import', 'application', 'api')),
    CONSTRAINT partners_logo_source_check CHECK (logo_source IN ('uploaded', 'fetched')),
    CONSTRAINT partners_employees_check CHECK (employees BETWEEN 0 AND 10000000),
    CONSTRAINT partners_company_revenue_check CHECK (company_revenue BETWEEN 0 AND 9007199254740991),
    CONSTRAINT partners_type_check CHECK
        (type IN ('technology', 'consulting', 'services', 'channel', 'strategic', 'reseller', 'referral')),
    CONSTRAINT partners_category_check CHECK (category IN ('solution', 'technology', 'sales')),
    CONSTRAINT partners_tier_source_check CHECK (tier_source IN ('automatic', 'manual')),
    CONSTRAINT partners_tag_ids_check CHECK (cardinality(tag_ids) <= 100),
    CONSTRAINT partners_status_check CHECK (status IN ('active', 'inactive', 'pending')),
    CONSTRAINT partners_stage_check CHECK (stage IN ('prospect', 'onboarding', 'active', 'scaling', 'qualified',
        'legal_negotiation', 'signed', 'enabled', 'activated', 'rejected')),
    CONSTRAINT partners_pipeline_check CHECK (pipeline BETWEEN 0 AND 9007199254740991),
    CONSTRAINT partners_revenue_check CHECK (revenue BETWEEN 0 AND 9007199254740991),
    CONSTRAINT partners_product_revenue_check CHECK (product_revenue BETWEEN 0 AND 9007199254740991),
    CONSTRAINT partners_active_deals_check CHECK (active_deals >= 0),
    CONSTRAINT partners_closed_deals_check CHECK (closed_deals >= 0),
    CONSTRAINT partners_customers_check CHECK (customers >= 0),
    CONSTRAINT partners_annual_revenue_target_check CHECK (annual_revenue_target BETWEEN 0 AND 9007199254740991),
    CONSTRAINT partners_fit_score_check CHECK (fit_score BETWEEN 0 AND 100),
    CONSTRAINT partners_health_score_check CHECK (health_score BETWEEN 0 AND 100),
    CONSTRAINT partners_tier_fkey FOREIGN KEY (organization_id, tier) REFERENCES tiers,
    CONSTRAINT partners_partner_manager_id_fkey FOREIGN KEY (organization_id, partner_manager_id) REFERENCES members
);
CALL wall_off('partners');

CREATE UNIQUE INDEX partners_domain_key ON partners (organization_id, domain) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX partners_external_id_key ON partners (organization_id, external_id) WHERE deleted_at IS NULL;
CREATE INDEX partners_normalised_name ON partners (organization_id, normalised_name) WHERE deleted_at IS NULL;

-- The sorts people use; one index serves both directions. Keep in step with `indexed()` in the field catalogue.
CREATE INDEX partners_live ON partners (organization_id, id) WHERE deleted_at IS NULL;
CREATE INDEX partners_name ON partners (organization_id, (name COLLATE case_insensitive), id) WHERE deleted_at IS NULL;
CREATE INDEX partners_created_at ON partners (organization_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX partners_updated_at ON partners (organization_id, updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX partners_updated_at_all ON partners (organization_id, updated_at, id);
CREATE INDEX partners_revenue ON partners (organization_id, revenue, id) WHERE deleted_at IS NULL;
CREATE INDEX partners_pipeline ON partners (organization_id, pipeline, id) WHERE deleted_at IS NULL;
CREATE INDEX partners_employees ON partners (organization_id, employees, id) WHERE deleted_at IS NULL;
CREATE INDEX partners_fit_score ON partners (organization_id, fit_score, id) WHERE deleted_at IS NULL;
CREATE INDEX partners_health_score ON partners (organization_id, health_score, id) WHERE deleted_at IS NULL;
-- Filters that pick few rows, and the foreign keys.
CREATE INDEX partners_partner_manager_id ON partners (organization_id, partner_manager_id, id) WHERE partner_manager_id IS NOT NULL;
CREATE INDEX partners_tier ON partners (organization_id, tier, id) WHERE deleted_at IS NULL;
CREATE INDEX partners_deleted_at ON partners (organization_id, deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX partners_search ON partners USING gin (organization_id, search_name gin_trgm_ops, domain gin_trgm_ops)
    WHERE deleted_at IS NULL;
CREATE INDEX partners_search_words ON partners USING gin (organization_id, search_words) WHERE deleted_at IS NULL;

-- The filtering side of `partners.tag_ids`: operators on arrays lose their index behind the wall (they are not leakproof).
CREATE TABLE partner_tags (
    organization_id uuid NOT NULL DEFAULT current_organization() REFERENCES organizations,
    tag_id uuid NOT NULL,
    partner_id uuid NOT NULL,
    PRIMARY KEY (organization_id, tag_id, partner_id),
    CONSTRAINT partner_tags_tag_id_fkey FOREIGN KEY (organization_id, tag_id) REFERENCES tags ON DELETE CASCADE,
    CONSTRAINT partner_tags_partner_id_fkey FOREIGN KEY (organization_id, partner_id) REFERENCES partners ON DELETE CASCADE
);
CALL wall_off('partner_tags');
CREATE INDEX partner_tags_partner_id ON partner_tags (organization_id, partner_id);

-- What people decided by hand, and what automation would have written.
CREATE TABLE partner_overrides (
    organization_id uuid NOT NULL DEFAULT current_organization() REFERENCES organizations,
    partner_id uuid NOT NULL,
    field text NOT NULL,
    pending_value jsonb,
    has_pending_value boolean NOT NULL DEFAULT false,
    actor jsonb NOT NULL,
    overridden_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (organization_id, partner_id, field),
    CONSTRAINT partner_overrides_partner_id_fkey FOREIGN KEY (organization_id, partner_id) REFERENCES partners ON DELETE CASCADE
);
CALL wall_off('partner_overrides');

CREATE TABLE contacts (
    organization_id uuid NOT NULL DEFAULT current_organization() REFERENCES organizations,
    id uuid NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    partner_id uuid NOT NULL,
    name text NOT NULL,
    email text,
    phone text,
    title text,
    notes text,
    PRIMARY KEY (organization_id, id),
    -- So that a partner's primary contact is a contact of this very partner.
    CONSTRAINT contacts_partner_id_id_key UNIQUE (organization_id, partner_id, id),
    CONSTRAINT contacts_email_key UNIQUE (organization_id, partner_id, email),
    CONSTRAINT contacts_name_check CHECK (char_length(name) BETWEEN 1 AND 200),
    CONSTRAINT contacts_partner_id_fkey FOREIGN KEY (organization_id, partner_id) REFERENCES partners ON DELETE CASCADE
);
CALL wall_off('contacts');
CREATE INDEX contacts_email ON contacts (organization_id, email, id);
CREATE INDEX contacts_name ON contacts (organization_id, (name COLLATE case_insensitive), id);

ALTER TABLE partners ADD CONSTRAINT partners_primary_contact_id_fkey
    FOREIGN KEY (organization_id, id, primary_contact_id) REFERENCES contacts (organization_id, partner_id, id)
    DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX partners_primary_contact_id ON partners (organization_id, primary_contact_id) WHERE primary_contact_id IS NOT NULL;

-- Type-ahead over name, domain and description: prefix, substring, typo tolerant. `needle` is lower-case. Runs as a role whose own policy
-- shows every row, because trigram operators are not leakproof and would lose their index behind the wall;
-- so it applies the organization itself. Ids only: the caller's query goes through the wall again.
CREATE POLICY definer ON partners FOR SELECT TO partneros_definer USING (true);
GRANT SELECT ON partners TO partneros_definer;

CREATE FUNCTION search_partners(needle text) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    -- The planner believes that `<%` selects much and, with a LIMIT, walks a btree: keep it on the bitmap.
    SET enable_indexscan = off SET enable_indexonlyscan = off SET enable_seqscan = off
    -- Two wrong letters in a word of nine. Lower, and six letters find whatever begins with the same three.
    SET pg_trgm.word_similarity_threshold = 0.5
AS $$
    WITH pattern AS MATERIALIZED (
        SELECT replace(replace(replace(needle, '\', '\\'), '%', '\%'), '_', '\_') || '%' AS prefix,
               char_length(needle) >= 3 AS long_enough,
               (SELECT to_tsquery('simple', string_agg('''' || replace(word, '''', '''''') || ''':*', ' & '))
                FROM unnest(regexp_split_to_array(translate(needle, '\', ' '), '\s+')) AS word WHERE word <> '') AS words
    )
    SELECT id FROM partners
    WHERE organization_id = current_organization() AND deleted_at IS NULL
      AND (search_name LIKE (SELECT prefix FROM pattern) OR domain LIKE (SELECT prefix FROM pattern))
    UNION
    SELECT id FROM partners
    WHERE organization_id = current_organization() AND deleted_at IS NULL AND (SELECT long_enough FROM pattern)
      AND (search_name LIKE (SELECT '%' || prefix FROM pattern) OR domain LIKE (SELECT '%' || prefix FROM pattern))
    UNION
    SELECT id FROM partners
    WHERE organization_id = current_organization() AND deleted_at IS NULL AND (SELECT long_enough FROM pattern)
      AND needle <% search_name
    UNION
    SELECT id FROM partners
    WHERE organization_id = current_organization() AND deleted_at IS NULL AND (SELECT long_enough FROM pattern)
      AND search_words @@ (SELECT words FROM pattern)
$$;
ALTER FUNCTION search_partners(text) OWNER TO partneros_definer;
REVOKE ALL ON FUNCTION search_partners(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION search_partners(text) TO partneros_app;
