-- Indexes that answer stacked filters by themselves (docs/lists.md#stacked-filters): each includes every column that a filter
-- of the filter bar compares, so that only the rows of the page are looked at. Built in the transaction, since no release has
-- filled this table yet.
SET LOCAL lock_timeout = '4s';

-- The sorts that people use; one index serves both directions. Keep in step with `indexed()` in the field catalogue.
CREATE INDEX partners_by_name ON partners (organization_id, (name COLLATE case_insensitive), id)
    INCLUDE (facets, tag_bits, partner_manager_id, fit_score, health_score, revenue, pipeline, employees, created_at, updated_at) WHERE deleted_at IS NULL;
CREATE INDEX partners_by_fit_score ON partners (organization_id, fit_score, id)
    INCLUDE (facets, tag_bits, partner_manager_id, health_score, revenue, pipeline, employees, created_at, updated_at) WHERE deleted_at IS NULL;
CREATE INDEX partners_by_health_score ON partners (organization_id, health_score, id)
    INCLUDE (facets, tag_bits, partner_manager_id, fit_score, revenue, pipeline, employees, created_at, updated_at) WHERE deleted_at IS NULL;
CREATE INDEX partners_by_revenue ON partners (organization_id, revenue, id)
    INCLUDE (facets, tag_bits, partner_manager_id, fit_score, health_score, pipeline, employees, created_at, updated_at) WHERE deleted_at IS NULL;
CREATE INDEX partners_by_pipeline ON partners (organization_id, pipeline, id)
    INCLUDE (facets, tag_bits, partner_manager_id, fit_score, health_score, revenue, employees, created_at, updated_at) WHERE deleted_at IS NULL;
CREATE INDEX partners_by_employees ON partners (organization_id, employees, id)
    INCLUDE (facets, tag_bits, partner_manager_id, fit_score, health_score, revenue, pipeline, created_at, updated_at) WHERE deleted_at IS NULL;
CREATE INDEX partners_by_created_at ON partners (organization_id, created_at, id)
    INCLUDE (facets, tag_bits, partner_manager_id, fit_score, health_score, revenue, pipeline, employees, updated_at) WHERE deleted_at IS NULL;
CREATE INDEX partners_by_updated_at ON partners (organization_id, updated_at, id)
    INCLUDE (facets, tag_bits, partner_manager_id, fit_score, health_score, revenue, pipeline, employees, created_at) WHERE deleted_at IS NULL;

-- The combinations of enums and tiers; the first one is small, for counts.
CREATE INDEX partners_facets ON partners (organization_id, facets) WHERE deleted_at IS NULL;
CREATE INDEX partners_by_facets ON partners (organization_id, facets)
    INCLUDE (id, tag_bits, partner_manager_id, fit_score, health_score, revenue, pipeline, employees, created_at, updated_at, name) WHERE deleted_at IS NULL;

-- Also for the foreign key and the removal of a member, hence with deleted partners.
CREATE INDEX partners_by_partner_manager_id ON partners (organization_id, partner_manager_id)
    INCLUDE (id, deleted_at, facets, tag_bits, fit_score, health_score, revenue, pipeline, employees, created_at, updated_at, name) WHERE partner_manager_id IS NOT NULL;

-- What they replace.
DROP INDEX partners_live, partners_name, partners_created_at, partners_updated_at, partners_revenue, partners_pipeline,
    partners_employees, partners_fit_score, partners_health_score, partners_tier, partners_partner_manager_id;
