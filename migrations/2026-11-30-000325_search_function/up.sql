-- The search itself. It runs as a role whose own policies show every row, because operators on trigrams and text search are not
-- leakproof and would lose their indexes behind row-level security; so it applies the organization itself. Ids only: the query of the
-- caller goes through row-level security again.
SET LOCAL lock_timeout = '4s';

CREATE INDEX partner_names_folded ON partner_names (organization_id, folded, partner_id);
CREATE INDEX partner_names_trigrams ON partner_names USING gin (organization_id, folded gin_trgm_ops);
CREATE INDEX search_words_trigrams ON search_words USING gin (organization_id, word gin_trgm_ops);

-- With a default of its second parameter the new function takes its place.
DROP FUNCTION search_partners(text);

-- Loads the library, without which the owner of the tables may not set its parameters.
SELECT show_trgm('');

-- Each id once, where it comes first.
CREATE FUNCTION search_distinct(ids uuid[]) RETURNS uuid[] LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN ARRAY(SELECT x.id FROM unnest(ids) WITH ORDINALITY AS x (id, n) GROUP BY x.id ORDER BY min(x.n));
END $$;

-- The partners with a word for each token that begins with it. The token that fewest words begin with leads. The name of none begins
-- with `begun`. At most `wanted` rows, or all; with a bound, a partner comes as often as it has words for the leading token.
CREATE FUNCTION search_by_words(org uuid, tokens text[], begun text, wanted int) RETURNS SETOF uuid LANGUAGE plpgsql STABLE
    SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    past text COLLATE "C" := chr(1114109);
    lead text COLLATE "C";
    token text COLLATE "C";
    patterns text[];
    hits int;
    fewest int;
BEGIN
    FOREACH token IN ARRAY tokens LOOP
        -- Counted up to 500: beyond, it does not matter much which one leads.
        SELECT count(*) INTO hits FROM (SELECT FROM partner_words WHERE organization_id = org
            AND word >= token AND word < token || past LIMIT CASE WHEN cardinality(tokens) > 1 THEN 500 ELSE 1 END) AS x;
        IF hits = 0 THEN
            RETURN;
        END IF;
        IF fewest IS NULL OR hits < fewest THEN
            lead := token;
            fewest := hits;
        END IF;
    END LOOP;
    patterns := ARRAY(SELECT like_pattern(' ' || t) FROM unnest(tokens) AS t WHERE t <> lead);
    IF wanted IS NULL THEN
        RETURN QUERY SELECT partner_id FROM partner_words WHERE organization_id = org
            AND word >= lead AND word < lead || past AND words LIKE ALL (patterns) AND NOT starts_with(words, begun)
            GROUP BY partner_id ORDER BY min(word), partner_id;
    ELSE
        RETURN QUERY SELECT x.partner_id FROM (
            SELECT word, partner_id, words FROM partner_words WHERE organization_id = org
                AND word >= lead AND word < lead || past ORDER BY word, partner_id) AS x
            WHERE words LIKE ALL (patterns) AND NOT starts_with(words, begun) LIMIT wanted;
    END IF;
END $$;

-- The partners with a word for each token that contains it, or has a letter too many, too few, wrong or in the wrong place.
CREATE FUNCTION search_by_similar_words(org uuid, tokens text[]) RETURNS uuid[] LANGUAGE plpgsql STABLE
    SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    past text COLLATE "C" := chr(1114109);
    token text COLLATE "C";
    lead text COLLATE "C";
    lead_words text[];
    similar_words text[];
    hits int;
    fewest int;
    ids uuid[];
    texts text[];
BEGIN
    FOREACH token IN ARRAY tokens LOOP
        similar_words := search_similar_words(org, token);
        SELECT count(*) INTO hits FROM (
            (SELECT FROM partner_words WHERE organization_id = org AND word >= token AND word < token || past LIMIT 500)
            UNION ALL
            (SELECT FROM partner_words WHERE organization_id = org AND word = ANY (similar_words) LIMIT 500)) AS x;
        IF hits = 0 THEN
            RETURN '{}';
        END IF;
        IF fewest IS NULL OR hits < fewest THEN
            lead := token;
            lead_words := similar_words;
            fewest := hits;
        END IF;
    END LOOP;
    SELECT array_agg(x.partner_id ORDER BY x.slips, x.word, x.partner_id), array_agg(x.words ORDER BY x.slips, x.word, x.partner_id)
    INTO ids, texts
    FROM (SELECT w.partner_id, w.word, w.words, levenshtein(left(w.word, 100), left(lead, 100)) AS slips
          FROM (SELECT * FROM partner_words WHERE organization_id = org AND word = ANY (lead_words)
                UNION ALL
                SELECT * FROM partner_words WHERE organization_id = org AND word >= lead AND word < lead || past
                LIMIT 20000) AS w) AS x;
    FOREACH token IN ARRAY array_remove(tokens, lead) LOOP
        similar_words := search_similar_words(org, token);
        SELECT array_agg(x.id ORDER BY x.n), array_agg(x.words ORDER BY x.n) INTO ids, texts
        FROM unnest(ids, texts) WITH ORDINALITY AS x (id, words, n)
        WHERE x.words LIKE like_pattern(' ' || token) OR string_to_array(x.words, ' ') && similar_words;
    END LOOP;
    RETURN coalesce(ids, '{}');
END $$;

-- Words like a token: with one slip, and those that contain it.
CREATE FUNCTION search_similar_words(org uuid, token text) RETURNS text[] LANGUAGE plpgsql STABLE
    SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    IF char_length(token) NOT BETWEEN 3 AND 24 THEN
        RETURN '{}';
    END IF;
    RETURN ARRAY(SELECT x.word FROM (
            SELECT DISTINCT s.word::text AS word FROM search_slips AS s
            WHERE s.organization_id = org AND s.slip = ANY (search_slips_of(token))) AS x
        WHERE levenshtein_less_equal(x.word, token, 2) <= 2
        ORDER BY levenshtein_less_equal(x.word, token, 2), x.word LIMIT 24)
        || ARRAY(SELECT search_words_with(org, token));
END $$;

-- The words that contain a token. The planner believes that LIKE selects much: keep it on the bitmap of the trigrams.
CREATE FUNCTION search_words_with(org uuid, token text) RETURNS SETOF text LANGUAGE sql STABLE
    SET enable_indexscan = off SET enable_indexonlyscan = off SET enable_seqscan = off AS $$
    SELECT DISTINCT s.word::text FROM search_words AS s
    WHERE s.organization_id = org AND s.word LIKE like_pattern(token) LIMIT 100
$$;

-- The partners whose name has most letters of a needle in the same order. As above for `<%`.
CREATE FUNCTION search_names_like(org uuid, needle text) RETURNS SETOF uuid LANGUAGE sql STABLE
    SET enable_indexscan = off SET enable_indexonlyscan = off SET enable_seqscan = off
    -- Two wrong letters in a word of nine. Lower, and six letters find whatever begins with the same three.
    SET pg_trgm.word_similarity_threshold = 0.5 AS $$
    SELECT n.partner_id FROM partner_names AS n
    WHERE n.organization_id = org AND needle <% n.folded
    ORDER BY word_similarity(needle, n.folded) DESC, n.folded, n.partner_id
$$;

-- The partners that are found with two words joined, or with a word split in two.
CREATE FUNCTION search_respaced(org uuid, tokens text[]) RETURNS uuid[] LANGUAGE plpgsql STABLE
    SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    first_part text COLLATE "C";
    second_part text COLLATE "C";
    ids uuid[];
BEGIN
    FOR i IN 1 .. least(cardinality(tokens), 8) LOOP
        IF i < cardinality(tokens) THEN
            ids := ARRAY(SELECT search_by_words(org, tokens[:i - 1] || (tokens[i] || tokens[i + 1]) || tokens[i + 2:], '|', NULL));
            IF cardinality(ids) > 0 THEN RETURN ids; END IF;
        END IF;
        FOR n IN 2 .. least(char_length(tokens[i]), 24) - 2 LOOP
            first_part := left(tokens[i], n);
            second_part := substr(tokens[i], n + 1);
            CONTINUE WHEN NOT EXISTS (SELECT FROM search_words AS s WHERE s.organization_id = org AND s.word = first_part);
            ids := ARRAY(SELECT search_by_words(org, tokens[:i - 1] || first_part || second_part || tokens[i + 1:], '|', NULL));
            IF cardinality(ids) > 0 THEN RETURN ids; END IF;
        END LOOP;
    END LOOP;
    RETURN '{}';
END $$;

-- The live partners that a needle finds, best first: whose name begins with it, whose words begin with its words, whose description
-- has them; when these are fewer than ten, those with similar words; when there are none, those with a similar name. At most
-- `wanted` of them, or all.
CREATE FUNCTION search_partners(needle text, wanted int DEFAULT NULL) RETURNS SETOF uuid LANGUAGE plpgsql STABLE SECURITY DEFINER
    ROWS 100
    SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    org uuid := current_organization();
    prefix text COLLATE "C" := search_fold(needle);
    past text COLLATE "C" := chr(1114109);
    tokens text[];
    ids uuid[];
    more uuid[];
    query tsquery;
BEGIN
    IF prefix = '' THEN
        RETURN;
    END IF;
    ids := ARRAY(SELECT n.partner_id FROM partner_names AS n WHERE n.organization_id = org
        AND n.folded >= prefix AND n.folded < prefix || past
        ORDER BY n.folded, n.partner_id LIMIT wanted);
    IF cardinality(ids) >= wanted THEN
        RETURN QUERY SELECT unnest(ids);
        RETURN;
    END IF;

    -- A legal form at the end does not count by itself.
    tokens := CASE WHEN needle ~ '^\S+\.\S*$' THEN ARRAY[lower(needle)]
        ELSE string_to_array(coalesce(nullif(regexp_replace(prefix,
            '(?<=\S) (gmbh|ag|kg|inc|llc|ltd|limited|corp|plc|sarl|sa|bv|nv|oy|ab|as|srl|spa)$', ''), ''), prefix), ' ') END;
    more := ARRAY(SELECT search_by_words(org, tokens, ' ' || prefix, 4 * wanted));
    IF cardinality(more) = 4 * wanted AND (SELECT count(DISTINCT id) FROM unnest(more) AS id) < wanted THEN
        more := ARRAY(SELECT search_by_words(org, tokens, ' ' || prefix, NULL));
    END IF;
    ids := search_distinct(ids || more);
    IF cardinality(ids) = 0 THEN
        ids := search_respaced(org, tokens);
    END IF;

    -- Only what is a whole word of three letters may be the beginning of one in a description.
    query := to_tsquery('simple', (SELECT string_agg('''' || t || '''' || CASE WHEN char_length(t) >= 3 THEN ':*' ELSE '' END, ' & ')
        FROM unnest(string_to_array(prefix, ' ')) AS t));
    IF char_length(prefix) >= 3 AND (wanted IS NULL OR cardinality(ids) < wanted) THEN
        ids := search_distinct(ids || ARRAY(SELECT id FROM partners WHERE organization_id = org AND deleted_at IS NULL
            AND search_words @@ query LIMIT wanted + cardinality(ids)));
    END IF;
    IF cardinality(ids) < 10 THEN
        ids := search_distinct(ids || search_by_similar_words(org, tokens));
    END IF;
    IF cardinality(ids) = 0 AND char_length(prefix) >= 3 THEN
        ids := ARRAY(SELECT search_names_like(org, prefix));
    END IF;
    RETURN QUERY SELECT id FROM unnest(ids) AS id LIMIT wanted;
END $$;

CALL hand_to_definer('search_partners(text, int)');

-- What the search before used.
DROP INDEX partners_search;
ALTER TABLE partners DROP COLUMN search_name;
