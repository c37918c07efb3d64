-- What a partner and the organization do together: the items of the joint plan.

CREATE TABLE plan_items (
    organization_id uuid NOT NULL DEFAULT current_organization() REFERENCES organizations,
    id uuid NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    partner_id uuid NOT NULL,
    kind text NOT NULL,
    title text NOT NULL,
    description text,
    status text NOT NULL DEFAULT 'proposed',
    quarter text,
    owner_id uuid,
    url text,
    due_on date,
    -- Rises along the plan, with gaps into which items move.
    position bigint NOT NULL,
    PRIMARY KEY (organization_id, id),
    CONSTRAINT plan_items_kind_check CHECK (kind IN ('affiliate', 'integration', 'workflow')),
    CONSTRAINT plan_items_title_check CHECK (char_length(title) BETWEEN 1 AND 200),
    CONSTRAINT plan_items_status_check CHECK (status IN ('proposed', 'in_progress', 'live', 'paused', 'dropped')),
    CONSTRAINT plan_items_quarter_check CHECK (quarter IN ('q1', 'q2', 'q3', 'q4')),
    CONSTRAINT plan_items_url_check CHECK (url LIKE 'https://%'),
    CONSTRAINT plan_items_partner_id_fkey FOREIGN KEY (organization_id, partner_id) REFERENCES partners ON DELETE CASCADE,
    CONSTRAINT plan_items_owner_id_fkey FOREIGN KEY (organization_id, owner_id) REFERENCES members
);
CALL wall_off('plan_items');
CREATE INDEX plan_items_position ON plan_items (organization_id, partner_id, position, id);
CREATE INDEX plan_items_owner_id ON plan_items (organization_id, owner_id) WHERE owner_id IS NOT NULL;
