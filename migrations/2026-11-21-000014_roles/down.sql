CREATE OR REPLACE TRIGGER users_auth_change
    AFTER UPDATE ON users FOR EACH ROW
    WHEN ((OLD.role, OLD.banned, OLD.ban_expires) IS DISTINCT FROM (NEW.role, NEW.banned, NEW.ban_expires))
    EXECUTE FUNCTION note_auth_change();

DROP TABLE role_revision;
DROP TABLE roles;
