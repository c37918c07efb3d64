-- Gives the rows that were there before their bits, in short transactions: the trigger computes them.
DO $$
DECLARE
    ids uuid[];
    the_organization uuid;
    last_id uuid;
    batch uuid[];
BEGIN
    SET LOCAL ROLE partneros_definer;
    SELECT array_agg(organization_id) INTO ids FROM organizations;
    RESET ROLE;
    FOREACH the_organization IN ARRAY coalesce(ids, '{}') LOOP
        last_id := '00000000-0000-0000-0000-000000000000';
        LOOP
            -- Ends with each COMMIT.
            PERFORM set_config('app.organization_id', the_organization::text, true);
            SELECT array_agg(p.id ORDER BY p.id) INTO batch
            FROM (SELECT id FROM partners WHERE organization_id = the_organization AND id > last_id ORDER BY id LIMIT 5000) AS p;
            EXIT WHEN batch IS NULL;
            UPDATE partners SET type = type WHERE organization_id = the_organization AND id = ANY (batch) AND facets IS NULL;
            last_id := batch[cardinality(batch)];
            COMMIT;
        END LOOP;
    END LOOP;
END $$;
