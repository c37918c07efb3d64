-- Scores are written without a new version of the partner. So that an ETag still names what was read, it counts how often
-- they were written since the version began. Two columns, so that no other write has to reset anything: the count holds
-- while `scored_version` is the present version.

SET LOCAL lock_timeout = '4s';

ALTER TABLE partners
    ADD COLUMN scored_version bigint,
    ADD COLUMN scored_times bigint NOT NULL DEFAULT 0;
