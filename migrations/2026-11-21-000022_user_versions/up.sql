-- Counts the changes of a user, by which lost updates are noticed. A trigger counts, because a Better Auth server that shares
-- this database changes users too.
ALTER TABLE users ADD COLUMN version bigint NOT NULL DEFAULT 1;

CREATE FUNCTION count_user_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.version := OLD.version + 1;
    RETURN NEW;
END
$$;

CREATE TRIGGER users_change_count
    BEFORE UPDATE ON users FOR EACH ROW
    WHEN (OLD.* IS DISTINCT FROM NEW.*)
    EXECUTE FUNCTION count_user_change();

CREATE INDEX users_newest_idx ON users (created_at DESC, id COLLATE "C" DESC);

-- By this, an admin is found among many users.
CREATE INDEX users_admins_idx ON users (id) WHERE role ~ '(^|,)\s*admin\s*(,|$)';
