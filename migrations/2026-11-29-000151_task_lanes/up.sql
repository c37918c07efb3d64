-- Lanes: kinds of work that do not wait for each other. A mail server that hangs, a backlog of
-- first scores and a long import each use the hands of their own lane alone.
SET LOCAL lock_timeout = '4s';

-- The code of yesterday names no lane: its tasks run where jobs do.
ALTER TABLE tasks ADD COLUMN lane text NOT NULL DEFAULT 'jobs';
ALTER TABLE tasks ADD CONSTRAINT tasks_lane_check CHECK (lane IN
    ('people', 'invitations', 'mails', 'slack', 'jobs', 'enrichments', 'scores', 'housekeeping'));

-- What waits already. A row that a worker holds is at work; where it comes from does not matter any
-- more. The queue is short by nature, so one statement is enough. The definer sees the tasks of all
-- organizations.
SET LOCAL ROLE partneros_definer;
UPDATE tasks SET lane = CASE kind
        WHEN 'password_reset' THEN 'people'
        WHEN 'notification_delivery' THEN 'mails'
        WHEN 'enrichment' THEN 'enrichments'
        WHEN 'logo_fetch' THEN 'enrichments'
        WHEN 'score_partners' THEN 'scores'
        ELSE 'housekeeping'
    END
WHERE (organization_id, id) IN (
    SELECT organization_id, id FROM tasks
    WHERE kind IN ('password_reset', 'notification_delivery', 'enrichment', 'logo_fetch', 'score_partners', 'housekeeping',
                   'deal_expiry', 'daily_tiers')
    FOR UPDATE SKIP LOCKED);
RESET ROLE;

-- Built in the transaction, since no release has filled this table yet.
CREATE INDEX tasks_lane ON tasks (organization_id, lane, run_at, id) WHERE died_at IS NULL;

-- Takes due tasks under one lease and counts the attempt: of each of the `lanes` up to `wanted`
-- tasks, as long as an organization does not run more than `most` tasks of the lane, over all
-- workers. Claims wait for each other: serial queues and fairness need to see what the others hold.
-- Fair: an organization's next task waits behind those organizations that run fewer tasks of the
-- lane, however many it has. A task whose attempts are used up (its worker was killed every time)
-- is handed out once more, to be buried. The rows are chosen into arrays before they are changed:
-- joined to its choice, an UPDATE may carry the choice out anew for each row that it looks at, and
-- a choice that skips what is locked meanwhile is then another one each time.
CREATE FUNCTION claim_tasks(the_lease uuid, lanes text[], wanted int[], most int[], seconds double precision)
    RETURNS TABLE (organization_id uuid, id uuid, lane text, kind text, payload jsonb, actor jsonb, role text,
                   member_id uuid, request_id uuid, attempts int, max_attempts int)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    -- A plan that was made when the queue was empty would read all of a backlog.
    SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
    present timestamptz;
    chosen_organizations uuid[];
    chosen_ids uuid[];
BEGIN
    PERFORM pg_advisory_xact_lock(7308332045754000235); -- 'tasks' in ASCII and a number
    present := clock_timestamp();
    WITH RECURSIVE waiting (organization) AS (
        (SELECT t.organization_id FROM tasks t WHERE t.died_at IS NULL ORDER BY t.organization_id LIMIT 1)
        UNION ALL
        SELECT (SELECT t.organization_id FROM tasks t
                WHERE t.died_at IS NULL AND t.organization_id > w.organization ORDER BY t.organization_id LIMIT 1)
        FROM waiting w WHERE w.organization IS NOT NULL
    ), asked AS (
        SELECT a.lane, a.wanted, a.most FROM unnest(lanes, wanted, most) AS a (lane, wanted, most) WHERE a.wanted > 0
    ), busy AS MATERIALIZED (
        SELECT t.organization_id AS organization, t.lane, count(*) AS tasks
        FROM tasks t WHERE t.lease IS NOT NULL AND t.locked_until > present GROUP BY t.organization_id, t.lane
    ), due AS MATERIALIZED (
        SELECT w.organization, a.lane, a.wanted, d.id, d.run_at, coalesce(b.tasks, 0)
               + row_number() OVER (PARTITION BY w.organization, a.lane ORDER BY d.run_at, d.id) AS turn
        FROM waiting w CROSS JOIN asked a
        LEFT JOIN busy b ON b.organization = w.organization AND b.lane = a.lane
        CROSS JOIN LATERAL (
            SELECT t.id, t.run_at FROM tasks t
            WHERE t.organization_id = w.organization AND t.lane = a.lane AND t.died_at IS NULL AND t.run_at <= present
              AND (t.serial_queue IS NULL OR NOT EXISTS (
                    SELECT FROM tasks o
                    WHERE o.organization_id = t.organization_id AND o.serial_queue = t.serial_queue AND o.died_at IS NULL
                      AND o.id <> t.id AND (o.id < t.id OR o.lease IS NOT NULL AND o.locked_until > present)))
            ORDER BY t.run_at, t.id LIMIT greatest(least(a.wanted, a.most - coalesce(b.tasks, 0)), 0)
            FOR UPDATE SKIP LOCKED
        ) d
        WHERE w.organization IS NOT NULL
    ), ranked AS (
        SELECT due.organization, due.id, due.wanted,
               row_number() OVER (PARTITION BY due.lane ORDER BY due.turn, due.run_at, due.id) AS place
        FROM due
    )
    SELECT array_agg(ranked.organization), array_agg(ranked.id) INTO chosen_organizations, chosen_ids
    FROM ranked WHERE ranked.place <= ranked.wanted;
    RETURN QUERY
    UPDATE tasks t
    SET lease = the_lease, locked_until = present + make_interval(secs => seconds),
        run_at = present + make_interval(secs => seconds), attempts = least(t.attempts, t.max_attempts) + 1
    FROM unnest(chosen_organizations, chosen_ids) AS chosen (organization, id)
    WHERE t.organization_id = chosen.organization AND t.id = chosen.id
    RETURNING t.organization_id, t.id, t.lane, t.kind, t.payload, t.actor, t.role, t.member_id, t.request_id, t.attempts,
              t.max_attempts;
END $$;

-- Gives back what workers hold. For the start of a server that has just started its private
-- cluster: whoever held a lease is gone, and nobody needs to wait for its end. The attempt stays
-- counted.
CREATE FUNCTION release_tasks() RETURNS bigint
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    WITH free AS (
        UPDATE tasks SET lease = NULL, locked_until = NULL, run_at = clock_timestamp() WHERE lease IS NOT NULL RETURNING 1
    )
    SELECT count(*) FROM free
$$;

-- A database that ran 000171 first lends the definer its right to take functions for a moment.
GRANT CREATE ON SCHEMA public TO partneros_definer;
ALTER FUNCTION claim_tasks(uuid, text[], int[], int[], double precision) OWNER TO partneros_definer;
ALTER FUNCTION release_tasks() OWNER TO partneros_definer;
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_proc WHERE proname = 'hand_to_definer') THEN
        REVOKE CREATE ON SCHEMA public FROM partneros_definer;
    END IF;
END $$;
REVOKE ALL ON FUNCTION claim_tasks(uuid, text[], int[], int[], double precision), release_tasks() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION claim_tasks(uuid, text[], int[], int[], double precision), release_tasks() TO partneros_app;

-- A notification takes a lock that all of the database shares, until the end of its commit. So only
-- tasks that are due wake a worker; those for later (the first scores of each new partner) are
-- found when their time has come.
DROP TRIGGER tasks_tell ON tasks;
CREATE TRIGGER tasks_tell AFTER INSERT ON tasks FOR EACH ROW
    WHEN (NEW.run_at <= clock_timestamp() + interval '200 milliseconds') EXECUTE FUNCTION tell_of_tasks();
