-- Accounts with proved e-mail addresses: registrations that wait for their confirmation, which
-- addresses are proved, and how many mails go to one address or out of one organization.

SET LOCAL lock_timeout = '4s';

-- Before an organization exists, its registration and the mail about it are kept under the nil id,
-- which no organization has: one tenant for all of them, so that strangers who register take one
-- turn in the queue and not one each.
ALTER TABLE tasks DROP CONSTRAINT tasks_organization_id_fkey;

CREATE TABLE registrations (
    organization_id uuid NOT NULL DEFAULT current_organization(),
    -- The id that the organization will have.
    id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz NOT NULL,
    -- Of the link in the mail; null until the mail is made.
    token_hash bytea,
    organization_name text NOT NULL,
    currency text NOT NULL,
    name text NOT NULL,
    email text NOT NULL,
    password_hash text NOT NULL,
    -- The address that registered.
    ip text NOT NULL,
    PRIMARY KEY (organization_id, id),
    CONSTRAINT registrations_token_hash_key UNIQUE (organization_id, token_hash)
);
CALL wall_off('registrations');
CREATE INDEX registrations_email ON registrations (organization_id, email);
CREATE INDEX registrations_expires_at ON registrations (organization_id, expires_at);

-- The link in the mail of an invitation, when it is another one than the link in the answer: only
-- who has read the mail has it, so it proves the address. Null for invitations of before.
ALTER TABLE members ADD COLUMN invitation_mail_hash bytea;

-- Whether who has the address has shown that its mails reach them. Addresses of before count as
-- proved.
ALTER TABLE email_directory ADD COLUMN proved boolean NOT NULL DEFAULT true;

-- Takes the address for the current organization; false when another user has it. Who has proved it
-- displaces who has not.
CREATE FUNCTION take_email(the_email text, is_proved boolean) RETURNS boolean
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    WITH taken AS (
        INSERT INTO email_directory AS d (email, organization_id, proved)
        VALUES (the_email, current_organization(), is_proved)
        ON CONFLICT (email) DO UPDATE SET organization_id = excluded.organization_id, proved = true
            WHERE excluded.proved AND NOT d.proved
        RETURNING 1
    )
    SELECT EXISTS (SELECT FROM taken)
$$;

CREATE FUNCTION prove_email(the_email text) RETURNS void
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    UPDATE email_directory SET proved = true
    WHERE email = the_email AND organization_id = current_organization()
$$;

-- For operators: whoever proves the address next gets it.
CREATE FUNCTION doubt_email(the_email text) RETURNS void
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    UPDATE email_directory SET proved = false
    WHERE email = the_email AND organization_id = current_organization()
$$;

CREATE FUNCTION organization_of_proved_email(the_email text) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$ SELECT organization_id FROM email_directory WHERE email = the_email AND proved $$;

-- How many mails of one kind have gone to one address, or out of one organization, since an
-- instant. The keys are hashes: the table must not become a list of addresses. Not granted to the
-- application: only the functions below use it.
CREATE TABLE mail_allowances (
    key bytea PRIMARY KEY,
    since timestamptz NOT NULL,
    used int NOT NULL,
    -- How many were asked for in vain since somebody looked.
    refused int NOT NULL DEFAULT 0
);
CREATE INDEX mail_allowances_since ON mail_allowances (since);

-- Takes one of `most` mails within `seconds`. 0 when there was one left, else the seconds until
-- there is one again.
CREATE FUNCTION take_mail_allowance(the_key text, most int, seconds bigint) RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    allowance mail_allowances;
    present timestamptz;
BEGIN
    -- Locks the row, whether it is new or not.
    INSERT INTO mail_allowances AS a (key, since, used)
        VALUES (sha256(convert_to(the_key, 'UTF8')), clock_timestamp(), 0)
        ON CONFLICT (key) DO UPDATE SET key = a.key RETURNING a.* INTO allowance;
    present := clock_timestamp();
    IF allowance.since + make_interval(secs => seconds) <= present THEN
        allowance.since := present;
        allowance.used := 0;
    END IF;
    IF allowance.used < most THEN
        UPDATE mail_allowances SET since = allowance.since, used = allowance.used + 1
        WHERE key = allowance.key;
        RETURN 0;
    END IF;
    UPDATE mail_allowances SET refused = refused + 1 WHERE key = allowance.key;
    RETURN greatest(1, ceil(extract(epoch FROM allowance.since - present) + seconds))::bigint;
END $$;

-- How many mails of a key were refused since this was asked last.
CREATE FUNCTION take_refused_mails(the_key text) RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    hash bytea := sha256(convert_to(the_key, 'UTF8'));
    found bigint;
BEGIN
    SELECT refused INTO found FROM mail_allowances WHERE key = hash FOR UPDATE;
    UPDATE mail_allowances SET refused = 0 WHERE key = hash;
    RETURN coalesce(found, 0);
END $$;

-- Forgets what nothing depends on any more: no allowance is counted over more than a day.
CREATE FUNCTION purge_mail_allowances(most int) RETURNS bigint
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    WITH gone AS (
        DELETE FROM mail_allowances WHERE key IN (
            SELECT key FROM mail_allowances WHERE since < clock_timestamp() - interval '2 days'
            LIMIT most FOR UPDATE SKIP LOCKED)
        RETURNING 1
    )
    SELECT count(*) FROM gone
$$;

-- To be given what it owns, the definer needs this; where a later migration has taken it away, it goes again.
GRANT CREATE ON SCHEMA public TO partneros_definer;
ALTER TABLE mail_allowances OWNER TO partneros_definer;
DO $$
DECLARE
    f regprocedure;
BEGIN
    FOREACH f IN ARRAY ARRAY['take_email(text, boolean)', 'prove_email(text)', 'doubt_email(text)',
        'organization_of_proved_email(text)', 'take_mail_allowance(text, int, bigint)',
        'take_refused_mails(text)', 'purge_mail_allowances(int)']::regprocedure[]
    LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO partneros_definer', f);
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO partneros_app', f);
    END LOOP;
    IF to_regproc('hand_to_definer') IS NOT NULL THEN
        REVOKE CREATE ON SCHEMA public FROM partneros_definer;
    END IF;
END $$;
