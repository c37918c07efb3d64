-- Search of partners in steps (docs/search.md): the beginning of the name, words, descriptions, similar words. The tables are
-- kept by the database, like all that is derived from a partner.
SET LOCAL lock_timeout = '4s';
CREATE EXTENSION IF NOT EXISTS fuzzystrmatch;

-- Text in the form in which names and needles are compared: lower case, without accents, words separated by single spaces.
CREATE FUNCTION search_fold(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT btrim(regexp_replace(regexp_replace(lower(normalize($1, NFKD) COLLATE "und-x-icu"), '[\u0300-\u036f]', '', 'g')
        COLLATE "und-x-icu", '[^[:alnum:]]+', ' ', 'g'))
$$;

-- The words by which a partner is found: those of its folded name, and its domain. Here and below PL/pgSQL, because a function in SQL is
-- planned anew at each call where it cannot be inlined.
CREATE FUNCTION search_words_of(folded text, domain text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN ARRAY(SELECT DISTINCT w FROM unnest(string_to_array(folded || coalesce(' ' || domain, ''), ' ')) AS w
        WHERE w <> '');
END $$;

-- A word, and what is left of it when one letter is left out: two words with one slip between them have one of these in common.
CREATE FUNCTION search_slips_of(word text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN ARRAY(SELECT DISTINCT k FROM (SELECT word AS k UNION ALL
        SELECT overlay(word PLACING '' FROM g FOR 1) FROM generate_series(1, char_length(word)) AS g WHERE char_length(word) > 3) AS x);
END $$;

-- The name of each live partner.
CREATE TABLE partner_names (
    organization_id uuid NOT NULL DEFAULT current_organization() REFERENCES organizations,
    partner_id uuid NOT NULL,
    folded text COLLATE "C" NOT NULL,
    PRIMARY KEY (organization_id, partner_id)
);
-- Each word of each live partner, with its name and all its words: ` acme data | acme data acme.com `.
CREATE TABLE partner_words (
    organization_id uuid NOT NULL DEFAULT current_organization() REFERENCES organizations,
    word text COLLATE "C" NOT NULL,
    partner_id uuid NOT NULL,
    words text COLLATE "C" NOT NULL,
    PRIMARY KEY (organization_id, word, partner_id) INCLUDE (words)
);
-- The words there are. A word that two transactions bring at the same time is there twice, each with its partner: so nobody waits
-- for another, and a reader does not mind. It stays when no partner has it any more.
CREATE TABLE search_words (
    organization_id uuid NOT NULL DEFAULT current_organization() REFERENCES organizations,
    word text COLLATE "C" NOT NULL,
    partner_id uuid NOT NULL,
    PRIMARY KEY (organization_id, word, partner_id)
);
-- The words by `search_slips_of`.
CREATE TABLE search_slips (
    organization_id uuid NOT NULL DEFAULT current_organization() REFERENCES organizations,
    slip text COLLATE "C" NOT NULL,
    word text COLLATE "C" NOT NULL,
    partner_id uuid NOT NULL,
    PRIMARY KEY (organization_id, slip, word, partner_id)
);

DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY '{partner_names,partner_words,search_words,search_slips}'::text[] LOOP
        CALL enable_tenant_rls(t::regclass);
        EXECUTE format('CREATE POLICY definer ON %I FOR SELECT TO partneros_definer USING (true)', t);
        EXECUTE format('GRANT SELECT ON %I TO partneros_definer', t);
    END LOOP;
END $$;

-- For partners that are not in the tables yet.
CREATE FUNCTION add_search_words(ids uuid[], names text[], domains text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    organization uuid := current_organization();
    folded text[] := ARRAY(SELECT search_fold(n.name) FROM unnest(names) WITH ORDINALITY AS n (name, place) ORDER BY n.place);
    fresh text[];
BEGIN
    INSERT INTO partner_names (partner_id, folded) SELECT n.id, n.name FROM unnest(ids, folded) AS n (id, name);
    INSERT INTO partner_words (word, partner_id, words)
    SELECT w, p.id, ' ' || p.name || ' | ' || array_to_string(p.words, ' ') || ' '
    FROM (SELECT n.id, n.name, search_words_of(n.name, n.domain) AS words
          FROM unnest(ids, folded, domains) AS n (id, name, domain) OFFSET 0) AS p, unnest(p.words) AS w;
    -- A scalar sub-select, since NOT EXISTS could become a join with all words.
    fresh := ARRAY(SELECT DISTINCT w FROM unnest(folded) AS name, unnest(string_to_array(name, ' ')) AS w
        WHERE char_length(w) BETWEEN 3 AND 24 AND w !~ '[0-9]'
            AND (SELECT true FROM search_words AS s WHERE s.organization_id = organization
                AND s.word = w COLLATE "C" LIMIT 1) IS NULL);
    IF cardinality(fresh) > 0 THEN
        INSERT INTO search_words (word, partner_id) SELECT w, ids[1] FROM unnest(fresh) AS w;
        INSERT INTO search_slips (slip, word, partner_id)
        SELECT slip, w, ids[1] FROM unnest(fresh) AS w, unnest(search_slips_of(w)) AS slip;
    END IF;
END $$;

CREATE FUNCTION keep_search_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM add_search_words(array_agg(id), array_agg(name), array_agg(domain)) FROM added WHERE deleted_at IS NULL HAVING count(*) > 0;
        RETURN NULL;
    END IF;
    IF OLD.deleted_at IS NULL THEN
        DELETE FROM partner_names WHERE organization_id = OLD.organization_id AND partner_id = OLD.id;
        DELETE FROM partner_words WHERE organization_id = OLD.organization_id AND partner_id = OLD.id
            AND word = ANY (search_words_of(search_fold(OLD.name), OLD.domain));
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.deleted_at IS NULL THEN
        PERFORM add_search_words(ARRAY[NEW.id], ARRAY[NEW.name], ARRAY[NEW.domain]);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER partners_search_insert AFTER INSERT ON partners REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION keep_search_words();
CREATE TRIGGER partners_search_update AFTER UPDATE OF name, domain, deleted_at ON partners FOR EACH ROW
    WHEN ((OLD.name, OLD.domain, OLD.deleted_at IS NULL) IS DISTINCT FROM (NEW.name, NEW.domain, NEW.deleted_at IS NULL))
    EXECUTE FUNCTION keep_search_words();
CREATE TRIGGER partners_search_delete AFTER DELETE ON partners FOR EACH ROW EXECUTE FUNCTION keep_search_words();
