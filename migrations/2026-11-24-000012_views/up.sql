-- Saved views: a named filter with sort and columns, private or shared, and each member's defaults.

CREATE TABLE views (
    organization_id uuid NOT NULL DEFAULT current_organization() REFERENCES organizations,
    id uuid NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    name text NOT NULL,
    object text NOT NULL,
    -- As it was given: what it names may vanish, and durations count from the day on which it is read.
    filter jsonb,
    q text,
    sort text[] NOT NULL DEFAULT '{}',
    columns text[] NOT NULL DEFAULT '{}',
    visibility text NOT NULL,
    -- The member or API key whose it is, as on the wire. No foreign key: a shared view outlives who made it.
    owner_id text NOT NULL,
    PRIMARY KEY (organization_id, id),
    CONSTRAINT views_name_key UNIQUE (organization_id, owner_id, name),
    CONSTRAINT views_name_check CHECK (char_length(name) BETWEEN 1 AND 80),
    CONSTRAINT views_object_check CHECK (object IN ('partner', 'deal', 'contact')),
    CONSTRAINT views_visibility_check CHECK
        (visibility = 'organization' OR visibility = 'private' AND owner_id LIKE 'mem\_%')
);
CALL wall_off('views');

CREATE TABLE view_defaults (
    organization_id uuid NOT NULL DEFAULT current_organization() REFERENCES organizations,
    member_id uuid NOT NULL,
    object text NOT NULL,
    view_id uuid NOT NULL,
    PRIMARY KEY (organization_id, member_id, object),
    CONSTRAINT view_defaults_member_id_fkey FOREIGN KEY (organization_id, member_id) REFERENCES members ON DELETE CASCADE,
    CONSTRAINT view_defaults_view_id_fkey FOREIGN KEY (organization_id, view_id) REFERENCES views ON DELETE CASCADE
);
CALL wall_off('view_defaults');
CREATE INDEX view_defaults_view_id ON view_defaults (organization_id, view_id);

-- An event that only this member sees (of a private view); null: everybody who may read events.
SET LOCAL lock_timeout = '4s';
ALTER TABLE events ADD COLUMN visible_to uuid;
