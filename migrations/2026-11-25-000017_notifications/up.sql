-- Who is told of what: notifications, their deliveries by mail and Slack, who hears of applications, and the connection
-- to Slack.

SET LOCAL lock_timeout = '4s';

-- A UUIDv7, for rows that a statement makes by the set: later ids sort after earlier ones.
CREATE FUNCTION uuid_v7() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
    SELECT encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
        PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid
$$;

-- Who hears of a new submission of the application form.
CREATE TABLE notification_settings (
    organization_id uuid PRIMARY KEY DEFAULT current_organization() REFERENCES organizations,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    member_ids uuid[] NOT NULL DEFAULT '{}',
    roles text[] NOT NULL DEFAULT '{admin,owner}',
    slack_channel_ids text[] NOT NULL DEFAULT '{}',
    slack_user_ids text[] NOT NULL DEFAULT '{}',
    email boolean NOT NULL DEFAULT true,
    CONSTRAINT notification_settings_member_ids_check CHECK (cardinality(member_ids) <= 50),
    CONSTRAINT notification_settings_roles_check CHECK (roles <@ '{viewer,member,admin,owner}'::text[]),
    CONSTRAINT notification_settings_slack_channel_ids_check CHECK (cardinality(slack_channel_ids) <= 10),
    CONSTRAINT notification_settings_slack_user_ids_check CHECK (cardinality(slack_user_ids) <= 50)
);

-- The in-app entries of members. No foreign keys, here and below: whoever decides on a deal does not wait for whoever
-- changes its owner, and an entry of a member who is gone is seen by nobody and erased with the others.
CREATE TABLE notifications (
    organization_id uuid NOT NULL DEFAULT current_organization() REFERENCES organizations,
    id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    member_id uuid NOT NULL,
    type text NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    subject_type text NOT NULL,
    subject_id text NOT NULL,
    event_id uuid NOT NULL,
    read_at timestamptz,
    PRIMARY KEY (organization_id, id),
    CONSTRAINT notifications_type_check CHECK (type IN ('application.submitted', 'deal.approved', 'deal.rejected', 'deal.expired',
        'job.succeeded', 'job.failed'))
);
CREATE INDEX notifications_member_id ON notifications (organization_id, member_id, id);
CREATE INDEX notifications_read_at ON notifications (organization_id, member_id, id) WHERE read_at IS NULL;
CREATE INDEX notifications_subject_id ON notifications (organization_id, subject_id);
CREATE INDEX notifications_created_at ON notifications (organization_id, created_at);

-- The outbox: what goes to one target by one channel, with all that is said there, and what became of it.
CREATE TABLE notification_deliveries (
    organization_id uuid NOT NULL DEFAULT current_organization() REFERENCES organizations,
    id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    notification_id uuid,
    event_id uuid,
    -- Whose mail it is; null for Slack.
    member_id uuid,
    channel text NOT NULL,
    target text NOT NULL,
    status text NOT NULL DEFAULT 'pending',
    attempts int NOT NULL DEFAULT 0,
    -- Attempts since it was begun, or begun anew by hand: where it stands in the schedule.
    step int NOT NULL DEFAULT 0,
    last_error text,
    next_attempt_at timestamptz DEFAULT clock_timestamp(),
    type text NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    subject_type text NOT NULL,
    subject_id text NOT NULL,
    -- A link that only its target may see, encrypted.
    secret bytea,
    PRIMARY KEY (organization_id, id),
    CONSTRAINT notification_deliveries_channel_check CHECK (channel IN ('email', 'slack')),
    CONSTRAINT notification_deliveries_status_check CHECK (status IN ('pending', 'succeeded', 'failed')),
    CONSTRAINT notification_deliveries_next_attempt_at_check CHECK ((next_attempt_at IS NOT NULL) = (status = 'pending'))
);
CREATE INDEX notification_deliveries_status ON notification_deliveries (organization_id, status, id);
CREATE INDEX notification_deliveries_member_id ON notification_deliveries (organization_id, member_id) WHERE status = 'pending';
CREATE INDEX notification_deliveries_subject_id ON notification_deliveries (organization_id, subject_id);
CREATE INDEX notification_deliveries_created_at ON notification_deliveries (organization_id, created_at);

-- The workspace that an organization is connected to; no row when there is none.
CREATE TABLE slack_integrations (
    organization_id uuid PRIMARY KEY DEFAULT current_organization() REFERENCES organizations,
    -- The token of the bot, encrypted.
    bot_token bytea NOT NULL,
    workspace text NOT NULL,
    connected_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- What is there already. The owner of the tables may not be a superuser: it looks over the wall for this moment.
ALTER TABLE organizations NO FORCE ROW LEVEL SECURITY;
INSERT INTO notification_settings (organization_id) SELECT organization_id FROM organizations;
ALTER TABLE organizations FORCE ROW LEVEL SECURITY;

CALL wall_off('notification_settings');
CALL wall_off('notifications');
CALL wall_off('notification_deliveries');
CALL wall_off('slack_integrations');
REVOKE DELETE ON notification_settings FROM partneros_app;

-- A new organization has its settings from the first moment, whatever version of the server makes it.
CREATE FUNCTION add_notification_settings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO notification_settings (organization_id) VALUES (NEW.organization_id);
    RETURN NULL;
END $$;
CREATE TRIGGER add_notification_settings AFTER INSERT ON organizations FOR EACH ROW EXECUTE FUNCTION add_notification_settings();
