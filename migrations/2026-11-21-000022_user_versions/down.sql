DROP INDEX users_admins_idx;
DROP INDEX users_newest_idx;
DROP TRIGGER users_change_count ON users;
DROP FUNCTION count_user_change();
ALTER TABLE users DROP COLUMN version;
