SET LOCAL lock_timeout = '4s';
-- Domains that belong to nobody in particular, beside those that the program knows.
ALTER TABLE organizations ADD COLUMN shared_domains text[] NOT NULL DEFAULT '{}',
    ADD CONSTRAINT organizations_shared_domains_check CHECK (cardinality(shared_domains) <= 200);
-- What became of the record of a row of an import. Null for rows that were not written, and for
-- other jobs.
ALTER TABLE job_items ADD COLUMN action text,
    ADD CONSTRAINT job_items_action_check
        CHECK (action IN ('created', 'updated', 'unchanged')) NOT VALID;
