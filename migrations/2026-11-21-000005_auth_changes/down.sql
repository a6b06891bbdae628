DROP TRIGGER users_auth_end ON users;
DROP TRIGGER users_auth_change ON users;
DROP FUNCTION note_auth_change();
DROP TABLE auth_changes;
