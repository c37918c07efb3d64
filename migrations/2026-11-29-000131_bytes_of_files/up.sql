-- How many bytes the files of a job take: an organization may keep so many at a time.

SET LOCAL lock_timeout = '4s';
ALTER TABLE jobs ADD COLUMN file_bytes bigint NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD CONSTRAINT jobs_file_bytes_check CHECK (file_bytes >= 0) NOT VALID;
