-- The queue of tasks, the schedules that fill it, and the jobs that people see.

-- Work to be done outside requests. A row lives until its work is done; dead ones stay for the operators.
CREATE TABLE tasks (
    organization_id uuid NOT NULL DEFAULT current_organization() REFERENCES organizations,
    id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    kind text NOT NULL,
    payload jsonb NOT NULL,
    -- On whose behalf it runs.
    actor jsonb NOT NULL,
    role text NOT NULL,
    member_id uuid,
    request_id uuid NOT NULL,
    -- At most one living task of an organization has this key. `again`: it was wanted once more while it ran.
    unique_key text,
    again boolean NOT NULL DEFAULT false,
    -- Tasks of one serial queue run one after the other, oldest first.
    serial_queue text,
    -- Not before this instant; while a worker holds it, the end of the lease.
    run_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    attempts int NOT NULL DEFAULT 0,
    max_attempts int NOT NULL,
    -- Names one claim. Whoever writes the end of a task must hold it.
    lease uuid,
    locked_until timestamptz,
    last_error text,
    died_at timestamptz,
    PRIMARY KEY (organization_id, id),
    CONSTRAINT tasks_max_attempts_check CHECK (max_attempts BETWEEN 1 AND 100),
    CONSTRAINT tasks_role_check CHECK (role IN ('viewer', 'member', 'admin', 'owner')),
    CONSTRAINT tasks_lease_check CHECK ((lease IS NULL) = (locked_until IS NULL)),
    CONSTRAINT tasks_died_at_check CHECK (died_at IS NULL OR lease IS NULL)
);
CALL wall_off('tasks');
CREATE UNIQUE INDEX tasks_unique_key_key ON tasks (organization_id, unique_key) WHERE died_at IS NULL;
CREATE INDEX tasks_run_at ON tasks (organization_id, run_at, id) WHERE died_at IS NULL;
CREATE INDEX tasks_locked_until ON tasks (organization_id, locked_until) WHERE lease IS NOT NULL;
CREATE INDEX tasks_serial_queue ON tasks (organization_id, serial_queue, id) WHERE serial_queue IS NOT NULL AND died_at IS NULL;

-- Workers look across organizations through the functions below.
CREATE POLICY definer ON tasks TO partneros_definer USING (true) WITH CHECK (true);
GRANT SELECT, UPDATE ON tasks TO partneros_definer;

-- Only cuts latency: who misses it finds the task at the next look.
CREATE FUNCTION tell_of_tasks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('partneros_tasks', '');
    RETURN NULL;
END $$;
CREATE TRIGGER tasks_tell AFTER INSERT ON tasks FOR EACH STATEMENT EXECUTE FUNCTION tell_of_tasks();

-- Takes up to `wanted` due tasks under one lease and counts the attempt. Claims wait for each other: serial queues
-- and fairness need to see what the others hold.
-- Fair: an organization's next task waits behind those organizations that run fewer tasks, however many it has.
-- A task whose attempts are used up (its worker was killed every time) is handed out once more, to be buried.
CREATE FUNCTION claim_tasks(the_lease uuid, wanted int, seconds double precision)
    RETURNS TABLE (organization_id uuid, id uuid, kind text, payload jsonb, actor jsonb, role text, member_id uuid,
                   request_id uuid, attempts int, max_attempts int)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public
AS $$
#variable_conflict use_column
DECLARE
    present timestamptz;
BEGIN
    PERFORM pg_advisory_xact_lock(7308332045754000235); -- 'tasks' in ASCII and a number
    present := clock_timestamp();
    RETURN QUERY
    WITH RECURSIVE waiting (organization) AS (
        (SELECT t.organization_id FROM tasks t WHERE t.died_at IS NULL ORDER BY t.organization_id LIMIT 1)
        UNION ALL
        SELECT (SELECT t.organization_id FROM tasks t
                WHERE t.died_at IS NULL AND t.organization_id > w.organization ORDER BY t.organization_id LIMIT 1)
        FROM waiting w WHERE w.organization IS NOT NULL
    ), due AS (
        SELECT w.organization, d.id, d.run_at,
               busy.tasks + row_number() OVER (PARTITION BY w.organization ORDER BY d.run_at, d.id) AS turn
        FROM waiting w
        CROSS JOIN LATERAL (
            SELECT count(*) AS tasks FROM tasks t
            WHERE t.organization_id = w.organization AND t.lease IS NOT NULL AND t.locked_until > present
        ) busy
        CROSS JOIN LATERAL (
            SELECT t.id, t.run_at FROM tasks t
            WHERE t.organization_id = w.organization AND t.died_at IS NULL AND t.run_at <= present
              AND (t.serial_queue IS NULL OR NOT EXISTS (
                    SELECT FROM tasks o
                    WHERE o.organization_id = t.organization_id AND o.serial_queue = t.serial_queue AND o.died_at IS NULL
                      AND o.id <> t.id AND (o.id < t.id OR o.lease IS NOT NULL AND o.locked_until > present)))
            ORDER BY t.run_at, t.id LIMIT wanted FOR UPDATE SKIP LOCKED
        ) d
        WHERE w.organization IS NOT NULL
    ), chosen AS (
        SELECT due.organization, due.id FROM due ORDER BY due.turn, due.run_at, due.id LIMIT wanted
    )
    UPDATE tasks t
    SET lease = the_lease, locked_until = present + make_interval(secs => seconds), run_at = present + make_interval(secs => seconds),
        attempts = least(t.attempts, t.max_attempts) + 1
    FROM chosen WHERE t.organization_id = chosen.organization AND t.id = chosen.id
    RETURNING t.organization_id, t.id, t.kind, t.payload, t.actor, t.role, t.member_id, t.request_id, t.attempts, t.max_attempts;
END $$;

-- Prolongs leases; answers the ids of those still held. A row that is locked is left as it is: its own step is at work on
-- it, nobody can claim it meanwhile, and to wait for it here would make that very step wait.
CREATE FUNCTION renew_tasks(organizations uuid[], ids uuid[], leases uuid[], seconds double precision) RETURNS SETOF uuid
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public
AS $$
    UPDATE tasks t
    SET locked_until = clock_timestamp() + make_interval(secs => seconds), run_at = clock_timestamp() + make_interval(secs => seconds)
    FROM (SELECT h.organization_id, h.id
          FROM tasks h JOIN unnest(organizations, ids, leases) AS held (organization, id, lease)
            ON h.organization_id = held.organization AND h.id = held.id AND h.lease = held.lease
          FOR UPDATE OF h SKIP LOCKED) AS free
    WHERE t.organization_id = free.organization_id AND t.id = free.id;
    SELECT t.id FROM tasks t JOIN unnest(organizations, ids, leases) AS held (organization, id, lease)
      ON t.organization_id = held.organization AND t.id = held.id AND t.lease = held.lease
$$;

-- Work that comes back: which organization runs it next, and when.
CREATE TABLE schedules (
    organization_id uuid NOT NULL DEFAULT current_organization() REFERENCES organizations,
    name text NOT NULL,
    next_at timestamptz NOT NULL,
    PRIMARY KEY (organization_id, name)
);
CALL wall_off('schedules');
CREATE POLICY definer ON schedules FOR SELECT TO partneros_definer USING (true);
GRANT SELECT ON schedules TO partneros_definer;
CREATE POLICY definer_schedules ON organizations FOR SELECT TO partneros_definer USING (true);
GRANT SELECT ON organizations TO partneros_definer;

-- Organizations whose turn it is, those that never had one among them.
CREATE FUNCTION due_schedules(names text[], most int) RETURNS TABLE (organization_id uuid, name text, timezone text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
AS $$
    SELECT o.organization_id, n.name, o.timezone
    FROM organizations o CROSS JOIN unnest(names) AS n (name)
    LEFT JOIN schedules s ON s.organization_id = o.organization_id AND s.name = n.name
    WHERE s.next_at IS NULL OR s.next_at <= clock_timestamp()
    LIMIT most
$$;

-- Events older than 90 days. The application itself can only append.
CREATE POLICY definer ON events TO partneros_definer USING (true);
GRANT SELECT, DELETE ON events TO partneros_definer;
CREATE FUNCTION purge_events(most int) RETURNS bigint
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public
AS $$
    WITH old AS (
        SELECT e.sequence FROM events e
        WHERE e.organization_id = current_organization() AND e.created_at < clock_timestamp() - interval '90 days'
        ORDER BY e.created_at LIMIT most
    ), gone AS (
        DELETE FROM events e USING old WHERE e.organization_id = current_organization() AND e.sequence = old.sequence RETURNING 1
    )
    SELECT count(*) FROM gone
$$;

ALTER FUNCTION claim_tasks(uuid, int, double precision) OWNER TO partneros_definer;
ALTER FUNCTION renew_tasks(uuid[], uuid[], uuid[], double precision) OWNER TO partneros_definer;
ALTER FUNCTION due_schedules(text[], int) OWNER TO partneros_definer;
ALTER FUNCTION purge_events(int) OWNER TO partneros_definer;
REVOKE ALL ON FUNCTION claim_tasks(uuid, int, double precision), renew_tasks(uuid[], uuid[], uuid[], double precision),
    due_schedules(text[], int), purge_events(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION claim_tasks(uuid, int, double precision), renew_tasks(uuid[], uuid[], uuid[], double precision),
    due_schedules(text[], int), purge_events(int) TO partneros_app;

-- What people see of long work.
CREATE TABLE jobs (
    organization_id uuid NOT NULL DEFAULT current_organization() REFERENCES organizations,
    id uuid NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    type text NOT NULL,
    status text NOT NULL DEFAULT 'queued',
    total bigint,
    done bigint NOT NULL DEFAULT 0,
    succeeded bigint NOT NULL DEFAULT 0,
    failed bigint NOT NULL DEFAULT 0,
    skipped bigint NOT NULL DEFAULT 0,
    dry_run boolean NOT NULL,
    actor jsonb NOT NULL,
    actor_id text GENERATED ALWAYS AS (actor ->> 'id') STORED,
    input jsonb NOT NULL,
    result jsonb,
    problem jsonb,
    started_at timestamptz,
    finished_at timestamptz,
    expires_at timestamptz NOT NULL DEFAULT clock_timestamp() + interval '7 days',
    -- How far the work has come, for whoever goes on with it.
    position jsonb,
    -- When its files are to be erased; null when there are none any more.
    files_expire_at timestamptz,
    PRIMARY KEY (organization_id, id),
    CONSTRAINT jobs_type_check CHECK (type IN ('import', 'export', 'bulk_update', 'bulk_delete', 'score_refresh',
        'tier_evaluation', 'enrichment', 'logo_fetch', 'webhook_replay')),
    CONSTRAINT jobs_status_check CHECK (status IN ('queued', 'running', 'succeeded', 'failed', 'canceled')),
    CONSTRAINT jobs_finished_at_check CHECK ((finished_at IS NOT NULL) = (status IN ('succeeded', 'failed', 'canceled')))
);
CALL wall_off('jobs');
CREATE INDEX jobs_actor_id ON jobs (organization_id, actor_id, id);
CREATE INDEX jobs_expires_at ON jobs (organization_id, expires_at);
CREATE INDEX jobs_files_expire_at ON jobs (organization_id, files_expire_at) WHERE files_expire_at IS NOT NULL;

CREATE TABLE job_items (
    organization_id uuid NOT NULL DEFAULT current_organization() REFERENCES organizations,
    job_id uuid NOT NULL,
    index bigint NOT NULL,
    ref text,
    status text NOT NULL,
    resource_id text,
    skipped_fields text[] NOT NULL DEFAULT '{}',
    before jsonb,
    after jsonb,
    warnings jsonb NOT NULL DEFAULT '[]',
    problem jsonb,
    PRIMARY KEY (organization_id, job_id, index),
    CONSTRAINT job_items_status_check CHECK (status IN ('succeeded', 'failed', 'skipped')),
    CONSTRAINT job_items_job_id_fkey FOREIGN KEY (organization_id, job_id) REFERENCES jobs ON DELETE CASCADE
);
CALL wall_off('job_items');
CREATE INDEX job_items_status ON job_items (organization_id, job_id, status, index);

-- How the queue does, for operators: tasks that are due, tasks that were given up, and the age of the oldest due one.
CREATE FUNCTION measure_tasks() RETURNS TABLE (waiting bigint, dead bigint, oldest_seconds bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
AS $$
    SELECT count(*) FILTER (WHERE died_at IS NULL AND run_at <= clock_timestamp()),
           count(*) FILTER (WHERE died_at IS NOT NULL),
           coalesce(extract(epoch FROM clock_timestamp() - min(run_at) FILTER (WHERE died_at IS NULL AND run_at <= clock_timestamp())), 0)::bigint
    FROM tasks
$$;
ALTER FUNCTION measure_tasks() OWNER TO partneros_definer;
REVOKE ALL ON FUNCTION measure_tasks() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION measure_tasks() TO partneros_app;
