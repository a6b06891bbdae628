-- Users whose ban, role or existence changed, whoever changed it (a Better Auth server that shares this database may): every
-- instance reads the newest rows twice a second and forgets what it remembered of these users.
CREATE TABLE auth_changes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE INDEX auth_changes_at_idx ON auth_changes (at);

-- With the rights of its owner, so that the role of another server needs none on this table.
CREATE FUNCTION note_auth_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO auth_changes (user_id) VALUES (OLD.id);
    RETURN NULL;
END
$$;

CREATE TRIGGER users_auth_change
    AFTER UPDATE ON users FOR EACH ROW
    WHEN ((OLD.role, OLD.banned, OLD.ban_expires) IS DISTINCT FROM (NEW.role, NEW.banned, NEW.ban_expires))
    EXECUTE FUNCTION note_auth_change();

CREATE TRIGGER users_auth_end
    AFTER DELETE ON users FOR EACH ROW
    EXECUTE FUNCTION note_auth_change();
