-- Links with which a person chooses a new password. Used once: the row goes with it.

CREATE TABLE password_resets (
    organization_id uuid NOT NULL DEFAULT current_organization() REFERENCES organizations,
    token_hash bytea NOT NULL,
    member_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (organization_id, token_hash),
    CONSTRAINT password_resets_member_id_fkey FOREIGN KEY (organization_id, member_id) REFERENCES members ON DELETE CASCADE
);
CALL wall_off('password_resets');
CREATE INDEX password_resets_member_id ON password_resets (organization_id, member_id);
