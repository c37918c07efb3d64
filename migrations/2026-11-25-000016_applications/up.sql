-- The application form of an organization with every version of it, and what was submitted.

SET LOCAL lock_timeout = '4s';

-- Every state of the form, for ever: submissions are checked against the one they were made on, and read by it later.
CREATE TABLE application_form_versions (
    organization_id uuid NOT NULL DEFAULT current_organization() REFERENCES organizations,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- When the next version came; null for the current one.
    replaced_at timestamptz,
    title text NOT NULL,
    intro text,
    is_open boolean NOT NULL,
    public_token text NOT NULL,
    questions jsonb NOT NULL,
    agreements jsonb NOT NULL,
    PRIMARY KEY (organization_id, version),
    CONSTRAINT application_form_versions_title_check CHECK (char_length(title) BETWEEN 1 AND 200),
    CONSTRAINT application_form_versions_questions_check CHECK (jsonb_array_length(questions) <= 60),
    CONSTRAINT application_form_versions_agreements_check CHECK (jsonb_array_length(agreements) <= 10)
);

-- Which version is the current one. Its row is what two writers of the form wait for each other at.
CREATE TABLE application_forms (
    organization_id uuid PRIMARY KEY DEFAULT current_organization() REFERENCES organizations,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    public_token text NOT NULL
);

CREATE TABLE submissions (
    organization_id uuid NOT NULL DEFAULT current_organization() REFERENCES organizations,
    id uuid NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    form_version bigint NOT NULL,
    status text NOT NULL DEFAULT 'new',
    answers jsonb NOT NULL,
    agreements jsonb NOT NULL,
    -- Out of the answers, so that the inbox can be searched and shows who it was.
    applicant_name text,
    applicant_email text,
    applicant_company text,
    applicant_domain text,
    notes text,
    reviewer_id uuid,
    reviewed_at timestamptz,
    partner_id uuid,
    submitted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- What the applicant was told. Says nothing about the inside: neither the id nor how many there are.
    receipt text NOT NULL DEFAULT upper(substr(replace(gen_random_uuid()::text, '-', ''), 1, 12)),
    -- SHA-256 over what was said, by which the same application of the same applicant is known again.
    fingerprint bytea NOT NULL,
    -- What the search looks at; kept by the database, read by `search_submissions` alone.
    search_text text GENERATED ALWAYS AS
        (lower((coalesce(applicant_company, '') || ' ' || coalesce(applicant_name, '') || ' ' || coalesce(applicant_email, ''))
               COLLATE "und-x-icu")) STORED,
    PRIMARY KEY (organization_id, id),
    CONSTRAINT submissions_status_check CHECK (status IN ('new', 'in_review', 'accepted', 'rejected', 'spam')),
    CONSTRAINT submissions_partner_id_check CHECK (partner_id IS NULL OR status = 'accepted'),
    CONSTRAINT submissions_form_version_fkey FOREIGN KEY (organization_id, form_version) REFERENCES application_form_versions,
    CONSTRAINT submissions_reviewer_id_fkey FOREIGN KEY (organization_id, reviewer_id) REFERENCES members,
    CONSTRAINT submissions_partner_id_fkey FOREIGN KEY (organization_id, partner_id) REFERENCES partners
);
CREATE INDEX submissions_submitted_at ON submissions (organization_id, submitted_at, id);
CREATE INDEX submissions_status ON submissions (organization_id, status, submitted_at, id);
CREATE INDEX submissions_form_version ON submissions (organization_id, form_version);
CREATE INDEX submissions_reviewer_id ON submissions (organization_id, reviewer_id) WHERE reviewer_id IS NOT NULL;
CREATE INDEX submissions_partner_id ON submissions (organization_id, partner_id) WHERE partner_id IS NOT NULL;
CREATE INDEX submissions_fingerprint ON submissions (organization_id, fingerprint, submitted_at);
CREATE INDEX submissions_search ON submissions USING gin (organization_id, search_text gin_trgm_ops);

-- Which organization a public link belongs to. Not granted to the application: only the functions below read and write it.
CREATE TABLE form_token_directory (
    token text PRIMARY KEY,
    organization_id uuid NOT NULL
);
ALTER TABLE form_token_directory OWNER TO partneros_definer;

CREATE FUNCTION organization_of_form_token(the_token text) RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    AS $$ SELECT organization_id FROM form_token_directory WHERE token = the_token $$;

CREATE FUNCTION list_form_token() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM form_token_directory WHERE token = OLD.public_token;
    END IF;
    INSERT INTO form_token_directory VALUES (NEW.public_token, NEW.organization_id);
    RETURN NULL;
END $$;
ALTER FUNCTION organization_of_form_token(text) OWNER TO partneros_definer;
ALTER FUNCTION list_form_token() OWNER TO partneros_definer;
REVOKE ALL ON FUNCTION organization_of_form_token(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION organization_of_form_token(text) TO partneros_app;

CREATE TRIGGER application_forms_directory AFTER INSERT OR UPDATE OF public_token ON application_forms
    FOR EACH ROW EXECUTE FUNCTION list_form_token();

-- 244 random bits in 64 digits.
CREATE FUNCTION new_form_token() RETURNS text LANGUAGE sql VOLATILE
    AS $$ SELECT 'form_' || replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '') $$;

-- A fresh id as it goes over the wire (a TypeID: base32 of a UUIDv7), for documents that the database itself makes.
CREATE FUNCTION new_typeid(prefix text) RETURNS text LANGUAGE sql VOLATILE AS $$
    WITH made AS (
        SELECT lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0')
               || '7' || substr(replace(gen_random_uuid()::text, '-', ''), 14) AS hex
    )
    SELECT prefix || '_' || string_agg(
        substr('0123456789abcdefghjkmnpqrstvwxyz', substring(B'00' || ('x' || hex)::bit(128) FROM 1 + 5 * i FOR 5)::bit(5)::int + 1, 1), '' ORDER BY i)
    FROM made, generate_series(0, 25) AS i
$$;

-- What a form asks until somebody changes it. All properties are there, as in every version.
CREATE FUNCTION first_question(kind text, label text, required boolean, maps_to text) RETURNS jsonb LANGUAGE sql VOLATILE AS $$
    SELECT jsonb_build_object('id', new_typeid('qst'), 'type', kind, 'label', label, 'help', NULL, 'required', required,
        'options', '[]'::jsonb, 'min', NULL, 'max', NULL, 'max_length', NULL, 'maps_to', maps_to)
$$;

CREATE FUNCTION add_application_form_of(the_organization uuid) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    token text := new_form_token();
BEGIN
    INSERT INTO application_form_versions (organization_id, version, title, is_open, public_token, questions, agreements)
    VALUES (the_organization, 1, 'Become a partner', false, token,
            jsonb_build_array(first_question('short_text', 'Company name', true, 'partner.name'),
                              first_question('url', 'Website', false, 'partner.domain'),
                              first_question('short_text', 'Your name', true, 'contact.name'),
                              first_question('email', 'Your e-mail address', true, 'contact.email')),
            '[]');
    INSERT INTO application_forms (organization_id, public_token) VALUES (the_organization, token);
END $$;

-- What is there already. The owner of the tables may not be a superuser: it looks over the wall for this moment.
ALTER TABLE organizations NO FORCE ROW LEVEL SECURITY;
SELECT add_application_form_of(organization_id) FROM organizations;
ALTER TABLE organizations FORCE ROW LEVEL SECURITY;

CALL wall_off('application_form_versions');
CALL wall_off('application_forms');
CALL wall_off('submissions');
REVOKE DELETE ON application_form_versions, application_forms FROM partneros_app;

-- A new organization has its form from the first moment, whatever version of the server makes it.
CREATE FUNCTION add_application_form() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM add_application_form_of(NEW.organization_id);
    RETURN NULL;
END $$;
CREATE TRIGGER add_application_form AFTER INSERT ON organizations FOR EACH ROW EXECUTE FUNCTION add_application_form();

-- Parts of words of company, name and address of the applicant; see `search_contacts`.
CREATE POLICY definer ON submissions FOR SELECT TO partneros_definer USING (true);
GRANT SELECT ON submissions TO partneros_definer;

CREATE FUNCTION search_submissions(needle text) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    SET enable_indexscan = off SET enable_indexonlyscan = off SET enable_seqscan = off
AS $$
    SELECT id FROM submissions WHERE organization_id = current_organization() AND search_text LIKE like_pattern(needle)
$$;
ALTER FUNCTION search_submissions(text) OWNER TO partneros_definer;
REVOKE ALL ON FUNCTION search_submissions(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION search_submissions(text) TO partneros_app;
