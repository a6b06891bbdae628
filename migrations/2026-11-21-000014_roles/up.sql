-- Roles that somebody made, beside those that are built in. There are so few that every instance reads all of them twice a
-- second.
CREATE TABLE roles (
    name text PRIMARY KEY CHECK (name ~ '^[a-z0-9_-]{1,64}$' AND name NOT IN ('user', 'admin')),
    description text,
    -- As they are written: `task:read-any`, `task:*` or `*`.
    permissions text[] NOT NULL,
    -- Names of roles; `user` and `admin` are not in this table.
    inherits text[] NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- One row. Whether a role may be changed depends on the others, so of two changes at the same time the second finds another
-- revision than the one that it was judged by.
CREATE TABLE role_revision (
    id boolean PRIMARY KEY DEFAULT true CHECK (id),
    revision bigint NOT NULL
);

INSERT INTO role_revision (revision) VALUES (0);

-- Whether an address is verified decides what its user may do, too.
CREATE OR REPLACE TRIGGER users_auth_change
    AFTER UPDATE ON users FOR EACH ROW
    WHEN ((OLD.role, OLD.banned, OLD.ban_expires, OLD.email_verified)
        IS DISTINCT FROM (NEW.role, NEW.banned, NEW.ban_expires, NEW.email_verified))
    EXECUTE FUNCTION note_auth_change();
