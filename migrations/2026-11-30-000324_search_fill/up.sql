-- Gives the partners that were there before their words, in short transactions.
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
            FROM (SELECT id FROM partners WHERE organization_id = the_organization AND id > last_id ORDER BY id LIMIT 5000
                  FOR NO KEY UPDATE) AS p;
            EXIT WHEN batch IS NULL;
            -- After the lock: nobody renames them meanwhile, and who did so before has added them already.
            PERFORM add_search_words(array_agg(id), array_agg(name), array_agg(domain)) FROM partners AS p
            WHERE p.organization_id = the_organization AND p.id = ANY (batch) AND p.deleted_at IS NULL
                AND NOT EXISTS (SELECT FROM partner_names AS n
                    WHERE n.organization_id = the_organization AND n.partner_id = p.id)
            HAVING count(*) > 0;
            last_id := batch[cardinality(batch)];
            COMMIT;
        END LOOP;
    END LOOP;
END $$;
