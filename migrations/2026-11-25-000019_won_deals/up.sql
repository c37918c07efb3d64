-- What was won in a year, for joint plans and the insight into attainment, without a look at the deals' rows. Built in the
-- transaction, since no release has filled this table yet.
SET LOCAL lock_timeout = '4s';
CREATE INDEX deals_won ON deals (organization_id, closed_on) INCLUDE (partner_id, value)
    WHERE status = 'won' AND deleted_at IS NULL;
