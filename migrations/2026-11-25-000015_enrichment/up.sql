-- What sources said about domains in the last days, so that they are not asked again.

CREATE TABLE enrichment_cache (
    organization_id uuid NOT NULL DEFAULT current_organization() REFERENCES organizations,
    domain text NOT NULL,
    source text NOT NULL,
    fetched_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- As it was said; how it is read may change.
    findings jsonb NOT NULL,
    PRIMARY KEY (organization_id, domain, source),
    CONSTRAINT enrichment_cache_source_check CHECK (source IN ('website', 'company_data'))
);
CALL wall_off('enrichment_cache');
CREATE INDEX enrichment_cache_fetched_at ON enrichment_cache (organization_id, fetched_at);
