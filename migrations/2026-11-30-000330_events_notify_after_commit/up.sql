-- A notification inside of a transaction takes a lock that the whole cluster shares, and holds it
-- until the commit is on the disk: the commits of all organizations wait for each other. Servers
-- notify after the commit from now on. Tasks of older servers are found by the next look of a
-- worker, within a second.
SET LOCAL lock_timeout = '4s';

DROP TRIGGER tasks_tell ON tasks;
DROP FUNCTION tell_of_tasks();
