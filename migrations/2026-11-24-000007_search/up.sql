-- Search in contacts (name, e-mail) and tags (name): parts of words. Like `search_partners`, in a function of the role
-- whose own policy shows every row, because LIKE is not leakproof and would lose its index behind the wall.

ALTER TABLE contacts ADD COLUMN search_name text GENERATED ALWAYS AS (lower(name COLLATE "und-x-icu")) STORED;
CREATE INDEX contacts_search ON contacts USING gin (organization_id, search_name gin_trgm_ops, email gin_trgm_ops);
CREATE POLICY definer ON contacts FOR SELECT TO partneros_definer USING (true);
GRANT SELECT ON contacts TO partneros_definer;

CREATE FUNCTION like_pattern(needle text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT '%' || replace(replace(replace(needle, '\', '\\'), '%', '\%'), '_', '\_') || '%' $$;

CREATE FUNCTION search_contacts(needle text) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    SET enable_indexscan = off SET enable_indexonlyscan = off SET enable_seqscan = off
AS $$
    SELECT id FROM contacts WHERE organization_id = current_organization() AND search_name LIKE like_pattern(needle)
    UNION
    SELECT id FROM contacts WHERE organization_id = current_organization() AND email LIKE like_pattern(needle)
$$;
ALTER FUNCTION search_contacts(text) OWNER TO partneros_definer;
REVOKE ALL ON FUNCTION search_contacts(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION search_contacts(text) TO partneros_app;

-- An organization has few tags: behind the wall, without an index of its own.
CREATE FUNCTION search_tags(needle text) RETURNS SETOF uuid LANGUAGE sql STABLE SET search_path = public
    AS $$ SELECT id FROM tags WHERE lower(name COLLATE "und-x-icu") LIKE like_pattern(needle) $$;
