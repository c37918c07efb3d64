-- Since when the deployment has had each of its keys. What the database keeps of a token does not tell under which key
-- it was made, but it tells when: under a key that nobody had then, the token is worth nothing.
CREATE TABLE server_keys (
    -- Derived from the key, which it does not tell.
    id            text        NOT NULL PRIMARY KEY CHECK (id ~ '^[0-9a-f]{32}$'),
    first_seen_at timestamptz NOT NULL
);
GRANT SELECT, INSERT ON server_keys TO partneros_app;
