-- Members, sign-in, sessions, API keys.

CREATE TABLE members (
    organization_id uuid NOT NULL DEFAULT current_organization() REFERENCES organizations,
    id uuid NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    user_id uuid,
    name text NOT NULL,
    email text NOT NULL,
    role text NOT NULL,
    status text NOT NULL,
    last_seen_at timestamptz,
    password_hash text,
    locale text NOT NULL DEFAULT 'en',
    email_notifications boolean NOT NULL DEFAULT true,
    invitation_hash bytea,
    invitation_expires_at timestamptz,
    PRIMARY KEY (organization_id, id),
    CONSTRAINT members_email_key UNIQUE (organization_id, email),
    CONSTRAINT members_user_id_key UNIQUE (organization_id, user_id),
    CONSTRAINT members_name_check CHECK (char_length(name) BETWEEN 1 AND 200),
    CONSTRAINT members_role_check CHECK (role IN ('viewer', 'member', 'admin', 'owner')),
    CONSTRAINT members_status_check CHECK (status IN ('invited', 'active', 'suspended')),
    CONSTRAINT members_user_id_check CHECK ((user_id IS NULL) = (password_hash IS NULL))
);
CALL wall_off('members');

-- One row for every sign-in on a device. It is also the family of its refresh tokens.
CREATE TABLE sessions (
    organization_id uuid NOT NULL DEFAULT current_organization() REFERENCES organizations,
    id uuid NOT NULL,
    member_id uuid NOT NULL,
    user_agent text NOT NULL,
    ip text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz NOT NULL,
    absolute_expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    PRIMARY KEY (organization_id, id),
    CONSTRAINT sessions_member_id_fkey FOREIGN KEY (organization_id, member_id) REFERENCES members ON DELETE CASCADE
);
CALL wall_off('sessions');
CREATE INDEX sessions_member_id ON sessions (organization_id, member_id, id);

-- Every refresh token of a session, used ones too: whoever shows a used one has stolen it, or lost an answer.
CREATE TABLE refresh_tokens (
    organization_id uuid NOT NULL DEFAULT current_organization() REFERENCES organizations,
    token_hash bytea NOT NULL,
    session_id uuid NOT NULL,
    replaced_at timestamptz,
    PRIMARY KEY (organization_id, token_hash),
    CONSTRAINT refresh_tokens_session_id_fkey FOREIGN KEY (organization_id, session_id) REFERENCES sessions ON DELETE CASCADE
);
CALL wall_off('refresh_tokens');
CREATE INDEX refresh_tokens_session_id ON refresh_tokens (organization_id, session_id);

CREATE TABLE api_keys (
    organization_id uuid NOT NULL DEFAULT current_organization() REFERENCES organizations,
    id uuid NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    name text NOT NULL,
    prefix text NOT NULL,
    secret_hash bytea NOT NULL,
    scopes text[] NOT NULL,
    default_write_mode text NOT NULL,
    allowed_cidrs text[] NOT NULL DEFAULT '{}',
    expires_at timestamptz,
    last_used_at timestamptz,
    created_by jsonb NOT NULL,
    revoked_at timestamptz,
    PRIMARY KEY (organization_id, id),
    CONSTRAINT api_keys_prefix_key UNIQUE (organization_id, prefix),
    CONSTRAINT api_keys_name_check CHECK (char_length(name) BETWEEN 1 AND 80),
    CONSTRAINT api_keys_allowed_cidrs_check CHECK (cardinality(allowed_cidrs) <= 20),
    CONSTRAINT api_keys_default_write_mode_check CHECK (default_write_mode IN ('automated', 'manual'))
);
CALL wall_off('api_keys');

-- Which organization a credential belongs to, before it is known. Not granted to the application:
-- only the functions below read and write them.
CREATE TABLE email_directory (
    email text PRIMARY KEY,
    organization_id uuid NOT NULL
);
CREATE TABLE api_key_directory (
    prefix text PRIMARY KEY,
    organization_id uuid NOT NULL
);
ALTER TABLE email_directory OWNER TO partneros_definer;
ALTER TABLE api_key_directory OWNER TO partneros_definer;

CREATE FUNCTION organization_of_email(the_email text) RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    AS $$ SELECT organization_id FROM email_directory WHERE email = the_email $$;

-- Takes the address for the current organization; false when another user has it.
CREATE FUNCTION claim_email(the_email text) RETURNS boolean LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public
    AS $$ WITH claimed AS (INSERT INTO email_directory VALUES (the_email, current_organization()) ON CONFLICT DO NOTHING RETURNING 1)
          SELECT EXISTS (SELECT FROM claimed) $$;

CREATE FUNCTION release_email(the_email text) RETURNS void LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public
    AS $$ DELETE FROM email_directory WHERE email = the_email AND organization_id = current_organization() $$;

CREATE FUNCTION organization_of_api_key(the_prefix text) RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    AS $$ SELECT organization_id FROM api_key_directory WHERE prefix = the_prefix $$;

CREATE FUNCTION list_api_key_prefix() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    INSERT INTO api_key_directory VALUES (NEW.prefix, NEW.organization_id);
    RETURN NEW;
END $$;

ALTER FUNCTION organization_of_email(text) OWNER TO partneros_definer;
ALTER FUNCTION claim_email(text) OWNER TO partneros_definer;
ALTER FUNCTION release_email(text) OWNER TO partneros_definer;
ALTER FUNCTION organization_of_api_key(text) OWNER TO partneros_definer;
ALTER FUNCTION list_api_key_prefix() OWNER TO partneros_definer;

REVOKE ALL ON FUNCTION organization_of_email(text), claim_email(text), release_email(text), organization_of_api_key(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION organization_of_email(text), claim_email(text), release_email(text), organization_of_api_key(text)
    TO partneros_app;

CREATE TRIGGER api_keys_directory AFTER INSERT ON api_keys FOR EACH ROW EXECUTE FUNCTION list_api_key_prefix();

-- Sessions, members and keys that ended within the last ten minutes (the life of an access token).
-- Ids only, so it needs no wall; every instance reads it at start and hears of new ones.
CREATE TABLE revocations (
    id uuid NOT NULL,
    revoked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (id, revoked_at)
);
GRANT SELECT, INSERT, DELETE ON revocations TO partneros_app;
