-- Gadgets.
CREATE TABLE gadgets (
    organization_id uuid NOT NULL DEFAULT current_organization() REFERENCES organizations,
    id uuid NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    name text NOT NULL,
    notes text,
    PRIMARY KEY (organization_id, id),
    CONSTRAINT gadgets_name_check CHECK (char_length(name) BETWEEN 1 AND 200),
    CONSTRAINT gadgets_notes_check CHECK (char_length(notes) <= 5000)
);
CALL enable_tenant_rls('gadgets');
CREATE INDEX gadgets_name ON gadgets (organization_id, (name COLLATE case_insensitive), id);
