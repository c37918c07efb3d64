-- The wall between organizations: roles, the current organization, and what every tenant table gets.

-- Roles belong to the cluster, not to the database: another database may have made them already.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'partneros_app') THEN
        -- Everything the server does. Weak on purpose: no superuser, no BYPASSRLS, owns nothing.
        CREATE ROLE partneros_app LOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'partneros_definer') THEN
        -- Owns the few functions that look across organizations; nobody can sign in as it, and it bypasses
        -- nothing: it sees only the tables whose policies name it.
        CREATE ROLE partneros_definer NOLOGIN;
    END IF;
    -- USAGE, not MEMBER: since PostgreSQL 16 who makes a role may administer it, but neither use it nor give it anything.
    IF NOT pg_has_role(current_user, 'partneros_definer', 'USAGE') THEN
        EXECUTE format('GRANT partneros_definer TO %I', current_user);
    END IF;
    IF NOT pg_has_role(current_user, 'partneros_app', 'USAGE') THEN
        EXECUTE format('GRANT partneros_app TO %I', current_user);
    END IF;
END $$;

CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;

GRANT USAGE ON SCHEMA public TO partneros_app, partneros_definer;
GRANT CREATE ON SCHEMA public TO partneros_definer;

-- Equal when only the case differs; the order of names in lists (Unicode root collation).
CREATE COLLATION case_insensitive (provider = icu, locale = 'und-u-ks-level2', deterministic = false);

-- The organization of the running transaction, or null: then every policy shows nothing.
CREATE FUNCTION current_organization() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('app.organization_id', true), '')::uuid $$;

-- Puts a table behind the wall. The sub-select makes the comparison an index condition.
CREATE PROCEDURE wall_off(the_table regclass) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', the_table);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', the_table);
    EXECUTE format('CREATE POLICY organization ON %s USING (organization_id = (SELECT current_organization())) '
                   'WITH CHECK (organization_id = (SELECT current_organization()))', the_table);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO partneros_app', the_table);
END $$;

CREATE TABLE organizations (
    organization_id uuid PRIMARY KEY DEFAULT current_organization(),
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    name text NOT NULL,
    currency text NOT NULL,
    fiscal_year_start_month int NOT NULL DEFAULT 1,
    timezone text NOT NULL DEFAULT 'UTC',
    deal_protection_days int NOT NULL DEFAULT 90,
    auto_score boolean NOT NULL DEFAULT true,
    logo_url text,
    CONSTRAINT organizations_name_check CHECK (char_length(name) BETWEEN 1 AND 100),
    CONSTRAINT organizations_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT organizations_fiscal_year_start_month_check CHECK (fiscal_year_start_month BETWEEN 1 AND 12),
    CONSTRAINT organizations_deal_protection_days_check CHECK (deal_protection_days BETWEEN 1 AND 3650)
);
CALL wall_off('organizations');
REVOKE DELETE ON organizations FROM partneros_app;

-- Answers that are kept for 24 hours, so that a repeated POST is done once. `status` is null while the work runs;
-- such a row is never committed.
CREATE TABLE idempotency_keys (
    organization_id uuid NOT NULL DEFAULT current_organization() REFERENCES organizations,
    credential_id uuid NOT NULL,
    operation text NOT NULL,
    idempotency_key text NOT NULL,
    digest bytea NOT NULL,
    status int,
    headers jsonb,
    body bytea,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (organization_id, credential_id, operation, idempotency_key),
    CONSTRAINT idempotency_keys_idempotency_key_check CHECK (char_length(idempotency_key) BETWEEN 1 AND 255)
);
CALL wall_off('idempotency_keys');
CREATE INDEX idempotency_keys_created_at ON idempotency_keys (organization_id, created_at);
