-- The one log of events.

-- The last sequence number of an organization. A row of its own, so that taking the next number
-- never waits for somebody who changes the organization.
CREATE TABLE event_counters (
    organization_id uuid PRIMARY KEY DEFAULT current_organization() REFERENCES organizations,
    last_sequence bigint NOT NULL DEFAULT 0
);
CALL wall_off('event_counters');

CREATE TABLE events (
    organization_id uuid NOT NULL DEFAULT current_organization() REFERENCES organizations,
    sequence bigint NOT NULL,
    id uuid NOT NULL,
    type text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor jsonb NOT NULL,
    actor_id text GENERATED ALWAYS AS (actor ->> 'id') STORED,
    subject_type text NOT NULL,
    subject_id text NOT NULL,
    subject_version bigint,
    -- The partner whose time line this belongs to.
    partner_id uuid,
    data jsonb NOT NULL,
    request_id uuid NOT NULL,
    PRIMARY KEY (organization_id, sequence),
    CONSTRAINT events_id_key UNIQUE (organization_id, id)
);
CALL wall_off('events');
-- Append-only for the application.
REVOKE UPDATE, DELETE ON events FROM partneros_app;
CREATE INDEX events_partner_id ON events (organization_id, partner_id, sequence) WHERE partner_id IS NOT NULL;
CREATE INDEX events_subject_id ON events (organization_id, subject_id, sequence);
CREATE INDEX events_actor_id ON events (organization_id, actor_id, sequence);
CREATE INDEX events_created_at ON events (organization_id, created_at);
