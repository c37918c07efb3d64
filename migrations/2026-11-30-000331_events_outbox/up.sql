-- Events are numbered after the commit of the transaction that wrote them, so that writers of one
-- organization do not wait for each other (docs/decisions/0330-numbers-after-the-commit.md).

SET LOCAL lock_timeout = '4s';

-- Events that have no number yet: their writers insert them here, `number_events` moves them to
-- `events`. No foreign key and no index that the move does not need, since every row lives for some
-- milliseconds.
CREATE TABLE event_outbox (
    organization_id uuid NOT NULL DEFAULT current_organization(),
    -- Rises with every insert: what was written after somebody else's commit has a higher one.
    position bigint GENERATED ALWAYS AS IDENTITY,
    id uuid NOT NULL,
    type text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor jsonb NOT NULL,
    subject_type text NOT NULL,
    subject_id text NOT NULL,
    subject_uuid uuid,
    subject_version bigint,
    partner_id uuid,
    data jsonb NOT NULL,
    request_id uuid NOT NULL,
    visible_to uuid,
    PRIMARY KEY (organization_id, position)
);
CALL enable_tenant_rls('event_outbox');
-- Like `events` append-only for the application: only the move takes rows out.
REVOKE UPDATE, DELETE ON event_outbox FROM partneros_app;
-- Rows come and go all the time. Autovacuum looks at the table whenever it wakes up, and cleans it
-- without pauses; it is small.
ALTER TABLE event_outbox SET (
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 1000,
    autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 1000000000,
    autovacuum_vacuum_cost_delay = 0, toast.autovacuum_vacuum_cost_delay = 0
);

-- The definer looks for the organizations that have waiting events. Then it works inside of one
-- organization after the other, where the policy of everybody shows it the rest.
CREATE POLICY definer ON event_outbox FOR SELECT TO partneros_definer USING (true);
GRANT SELECT, DELETE ON event_outbox TO partneros_definer;
GRANT SELECT, UPDATE ON event_counters TO partneros_definer;
GRANT INSERT ON events TO partneros_definer;
GRANT SELECT, INSERT, UPDATE ON last_changes TO partneros_definer;
GRANT SELECT ON partners, deals, contacts TO partneros_definer;

-- Moves up to `most` waiting events of one organization to `events`, in the order in which they
-- were written. Returns how many were moved.
--
-- The row of the counter is locked until the end of the transaction. Whoever numbers events holds
-- it, servers of before this migration too, so numbers become visible in their order. Waiting rows
-- are read by a statement that begins when the lock is there: it sees everything that was committed
-- before, and nobody else can move it.
CREATE FUNCTION number_events(the_organization uuid, most bigint) RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
AS $$
DECLARE
    last bigint;
    moved bigint;
BEGIN
    PERFORM set_config('app.organization_id', the_organization::text, true);
    -- Who finds nothing takes no lock. Rows that another transaction is about to move are found.
    IF NOT EXISTS (SELECT FROM event_outbox o WHERE o.organization_id = the_organization) THEN
        RETURN 0;
    END IF;
    SELECT c.last_sequence INTO STRICT last FROM event_counters c
        WHERE c.organization_id = the_organization FOR NO KEY UPDATE;
    WITH first AS (
        SELECT o.position FROM event_outbox o
        WHERE o.organization_id = the_organization ORDER BY o.position LIMIT most
    ), gone AS (
        DELETE FROM event_outbox o
        WHERE o.organization_id = the_organization AND o.position <= (SELECT max(f.position) FROM first f)
        RETURNING o.*
    )
    INSERT INTO events (organization_id, sequence, id, type, created_at, actor, subject_type, subject_id,
                        subject_uuid, subject_version, partner_id, data, request_id, visible_to)
    SELECT the_organization, last + row_number() OVER (ORDER BY g.position), g.id, g.type, g.created_at, g.actor,
           g.subject_type, g.subject_id, g.subject_uuid, g.subject_version, g.partner_id, g.data, g.request_id,
           g.visible_to
    FROM gone g;
    GET DIAGNOSTICS moved = ROW_COUNT;
    IF moved > 0 THEN
        UPDATE event_counters c SET last_sequence = last + moved WHERE c.organization_id = the_organization;
    END IF;
    RETURN moved;
END $$;
CALL hand_to_definer('number_events(uuid, bigint)');
-- One plan for good, and one that does not depend on how large the table was when it was made.
ALTER FUNCTION number_events(uuid, bigint) SET plan_cache_mode = force_generic_plan;
ALTER FUNCTION number_events(uuid, bigint) SET enable_seqscan = off;

-- Moves waiting events of all organizations: up to `most` of each, those first whose events wait
-- longest, and about `most_of_all` in one transaction. Organizations whose counter is locked are
-- left out. `is_rest` says whether some may be left. An organization whose events cannot be moved
-- keeps nobody else waiting: `failures` has the reason of each.
CREATE FUNCTION number_waiting_events(most bigint, most_of_all bigint, OUT is_rest boolean, OUT failures text[])
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
AS $$
DECLARE
    organizations uuid[];
    the_organization uuid;
    moved bigint;
    moved_of_all bigint := 0;
BEGIN
    is_rest := false;
    failures := '{}';
    -- One index look-up for each organization, however many events wait.
    WITH RECURSIVE waiting (organization, position) AS (
        (SELECT o.organization_id, o.position FROM event_outbox o ORDER BY o.organization_id, o.position LIMIT 1)
        UNION ALL
        SELECT n.organization_id, n.position FROM waiting w CROSS JOIN LATERAL (
            SELECT o.organization_id, o.position FROM event_outbox o
            WHERE o.organization_id > w.organization ORDER BY o.organization_id, o.position LIMIT 1) AS n
    )
    SELECT array_agg(w.organization ORDER BY w.position) INTO organizations FROM waiting w;
    FOREACH the_organization IN ARRAY coalesce(organizations, '{}') LOOP
        IF moved_of_all >= most_of_all THEN
            is_rest := true;
            EXIT;
        END IF;
        BEGIN
            PERFORM set_config('app.organization_id', the_organization::text, true);
            PERFORM FROM event_counters c WHERE c.organization_id = the_organization
                FOR NO KEY UPDATE SKIP LOCKED;
            IF FOUND THEN
                moved := number_events(the_organization, most);
                moved_of_all := moved_of_all + moved;
                is_rest := is_rest OR moved >= most;
            ELSIF EXISTS (SELECT FROM event_counters c WHERE c.organization_id = the_organization) THEN
                is_rest := true;
            ELSE
                RAISE EXCEPTION 'there is no counter';
            END IF;
        EXCEPTION WHEN OTHERS THEN
            failures := failures || format('%s: %s', the_organization, SQLERRM);
        END;
    END LOOP;
END $$;
CALL hand_to_definer('number_waiting_events(bigint, bigint)');
ALTER FUNCTION number_waiting_events(bigint, bigint) SET plan_cache_mode = force_generic_plan;
ALTER FUNCTION number_waiting_events(bigint, bigint) SET enable_seqscan = off;

-- Servers of before this migration number their own events. Their next write also moves what waits,
-- should this release be taken back. To be removed in the next release.
CREATE FUNCTION number_events_of_others() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM number_events(current_organization(), 1000);
    RETURN NULL;
END $$;
CREATE TRIGGER events_outbox AFTER INSERT ON events FOR EACH STATEMENT
    WHEN (current_user = 'partneros_app') EXECUTE FUNCTION number_events_of_others();
