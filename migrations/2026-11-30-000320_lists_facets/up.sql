-- What stacked filters look at (docs/lists.md#stacked-filters): one bit for each value of an enum and for each tier, and one
-- for each tag. Kept by the database, so that no writer can forget it, the one of the release before included.
SET LOCAL lock_timeout = '4s';

-- The bit of a tier in `partners.facets`: one of 35 to 62. Further tiers share bit 63, the sign.
ALTER TABLE tiers ADD COLUMN facet bigint;
-- The bit of a tag in `partners.tag_bits`: one of 0 to 62. Further tags share bit 63, the sign.
ALTER TABLE tags ADD COLUMN bit bigint;

-- The lowest bit from `first` on that is not taken, or the shared one.
CREATE FUNCTION free_bit(taken bigint, first int) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(min(1::bigint << n), 1::bigint << 63) FROM generate_series(first, 62) AS n
    WHERE taken & (1::bigint << n) = 0
$$;

-- Two transactions must not give the same bit to two rows. The second one gives the shared bit instead of waiting: it may hold
-- what the first one waits for, and a shared bit costs time only.
CREATE FUNCTION give_bit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    is_alone bool := pg_try_advisory_xact_lock(hashtext(TG_TABLE_NAME || '_bits'), hashtext(NEW.organization_id::text));
BEGIN
    IF TG_TABLE_NAME = 'tiers' THEN
        NEW.facet := CASE WHEN is_alone THEN free_bit((SELECT coalesce(bit_or(t.facet), 0) FROM tiers t
            WHERE t.organization_id = NEW.organization_id), 35) ELSE 1::bigint << 63 END;
    ELSE
        NEW.bit := CASE WHEN is_alone THEN free_bit((SELECT coalesce(bit_or(t.bit), 0) FROM tags t
            WHERE t.organization_id = NEW.organization_id), 0) ELSE 1::bigint << 63 END;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER tiers_give_bit BEFORE INSERT ON tiers FOR EACH ROW EXECUTE FUNCTION give_bit();
CREATE TRIGGER tags_give_bit BEFORE INSERT ON tags FOR EACH ROW EXECUTE FUNCTION give_bit();

-- The tiers and tags that exist: the tiers by rank, the tags that most partners have first.
DO $$
DECLARE
    ids uuid[];
    the_organization uuid;
BEGIN
    SET LOCAL ROLE partneros_definer;
    SELECT array_agg(organization_id) INTO ids FROM organizations;
    RESET ROLE;
    FOREACH the_organization IN ARRAY coalesce(ids, '{}') LOOP
        PERFORM set_config('app.organization_id', the_organization::text, true);
        UPDATE tiers SET facet = CASE WHEN n.n <= 28 THEN 1::bigint << (34 + n.n::int) ELSE 1::bigint << 63 END
        FROM (SELECT key, row_number() OVER (ORDER BY rank, key) AS n FROM tiers) AS n
        WHERE n.key = tiers.key;
        UPDATE tags SET bit = CASE WHEN n.n <= 63 THEN 1::bigint << (n.n::int - 1) ELSE 1::bigint << 63 END
        FROM (SELECT t.id, row_number() OVER (ORDER BY (SELECT count(*) FROM partner_tags p WHERE p.tag_id = t.id) DESC, t.id) AS n
              FROM tags t) AS n
        WHERE n.id = tags.id;
    END LOOP;
    PERFORM set_config('app.organization_id', '', true);
END $$;
ALTER TABLE tiers ALTER COLUMN facet SET NOT NULL;
ALTER TABLE tags ALTER COLUMN bit SET NOT NULL;
CREATE UNIQUE INDEX tiers_facet_key ON tiers (organization_id, facet) WHERE facet > 0;
CREATE UNIQUE INDEX tags_bit_key ON tags (organization_id, bit) WHERE bit > 0;

ALTER TABLE partners ADD COLUMN facets bigint, ADD COLUMN tag_bits bigint;
-- A BEFORE UPDATE trigger makes PostgreSQL compute all generated columns at every update of a row. So this is none any more: the
-- trigger keeps it, too, when the description changes.
ALTER TABLE partners ALTER COLUMN search_words DROP EXPRESSION;

-- The positions of the words are those of the field catalogue (`domain::partners::facets`); a test compares the two.
CREATE FUNCTION derive_partner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.facets := (1::bigint << (array_position('{technology,consulting,services,channel,strategic,reseller,referral}'::text[], NEW.type) - 1))
        | (1::bigint << (9 + array_position('{prospect,onboarding,active,scaling,qualified,legal_negotiation,signed,enabled,activated,rejected}'::text[], NEW.stage)))
        | (1::bigint << (23 + array_position('{active,inactive,pending}'::text[], NEW.status)))
        | (1::bigint << (28 + coalesce(array_position('{solution,technology,sales}'::text[], NEW.category), 0)))
        | CASE WHEN NEW.tier IS NULL THEN 1::bigint << 34
               ELSE (SELECT t.facet FROM tiers t WHERE t.organization_id = NEW.organization_id AND t.key = NEW.tier) END;
    NEW.tag_bits := CASE WHEN cardinality(NEW.tag_ids) = 0 THEN 0
        ELSE (SELECT coalesce(bit_or(t.bit), 0) FROM tags t
              WHERE t.organization_id = NEW.organization_id AND t.id = ANY (NEW.tag_ids)) END;
    IF TG_OP = 'INSERT' OR NEW.description IS DISTINCT FROM OLD.description THEN
        NEW.search_words := to_tsvector('simple', coalesce(left(NEW.description, 5000), ''));
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER partners_derive BEFORE INSERT OR UPDATE OF description, type, stage, status, category, tier, tag_ids ON partners
    FOR EACH ROW EXECUTE FUNCTION derive_partner();

-- Whether an index answers without a look at the rows depends on VACUUM, and so does the speed of every list.
ALTER TABLE partners SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02,
    autovacuum_vacuum_cost_delay = 0);
