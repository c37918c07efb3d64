-- What was changed before `last_changes` was there. Writers go on meanwhile: the higher number stays. What has no event
-- any more counts as changed by the first one, so that `changed_after=0` finds everything.
-- Should this and a writer wait for each other, PostgreSQL ends one of the two; both can be repeated.

DO $$
DECLARE
    ids uuid[];
    the_organization uuid;
BEGIN
    -- The owner of the tables stands behind the wall as well; this role sees which organizations there are.
    SET LOCAL ROLE partneros_definer;
    SELECT array_agg(organization_id) INTO ids FROM organizations;
    RESET ROLE;
    FOREACH the_organization IN ARRAY coalesce(ids, '{}') LOOP
        PERFORM set_config('app.organization_id', the_organization::text, true);
        INSERT INTO last_changes AS l (organization_id, subject_type, subject_id, sequence)
        SELECT the_organization, r.subject_type, r.id, coalesce(e.sequence, 1)
        FROM (SELECT 'partner' AS subject_type, p.id FROM partners p WHERE p.organization_id = the_organization
              UNION ALL
              SELECT 'deal', d.id FROM deals d WHERE d.organization_id = the_organization
              UNION ALL
              SELECT 'contact', c.id FROM contacts c WHERE c.organization_id = the_organization) AS r
        LEFT JOIN (SELECT s.subject_type, uuid_of_id(s.subject_id) AS id, max(s.sequence) AS sequence
                   FROM events s
                   WHERE s.organization_id = the_organization AND s.subject_type IN ('partner', 'deal', 'contact')
                   GROUP BY s.subject_type, s.subject_id) AS e
            ON e.subject_type = r.subject_type AND e.id = r.id
        ON CONFLICT (organization_id, subject_type, subject_id) DO UPDATE
        SET sequence = greatest(l.sequence, excluded.sequence);
    END LOOP;
    PERFORM set_config('app.organization_id', '', true);
END $$;
