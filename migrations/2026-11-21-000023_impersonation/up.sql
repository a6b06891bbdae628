-- A session in which an administrator acts as a user ends with the administrator's own one. A Better Auth server leaves the
-- column empty.
ALTER TABLE sessions ADD COLUMN impersonator_session_id text
    CONSTRAINT sessions_impersonator_session_id_fkey REFERENCES sessions ON DELETE CASCADE;

CREATE INDEX sessions_impersonator_session_id_idx ON sessions (impersonator_session_id)
    WHERE impersonator_session_id IS NOT NULL;
CREATE INDEX sessions_impersonated_by_idx ON sessions (impersonated_by) WHERE impersonated_by IS NOT NULL;

-- It also ends when what either of the two may do changes, and with either of them, whoever began it and whoever makes the
-- change. With the rights of its owner, as other servers' changes of users must not fail for want of rights on sessions.
CREATE FUNCTION end_impersonations_of_user() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    DELETE FROM sessions WHERE impersonated_by = OLD.id OR (user_id = OLD.id AND impersonated_by IS NOT NULL);
    RETURN NULL;
END
$$;

CREATE TRIGGER users_impersonations_change
    AFTER UPDATE ON users FOR EACH ROW
    WHEN ((OLD.role, OLD.banned) IS DISTINCT FROM (NEW.role, NEW.banned))
    EXECUTE FUNCTION end_impersonations_of_user();

CREATE TRIGGER users_impersonations_end
    AFTER DELETE ON users FOR EACH ROW
    EXECUTE FUNCTION end_impersonations_of_user();

-- What a role permits may have permitted any of them. Roles are changed seldom.
CREATE FUNCTION end_impersonations() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    DELETE FROM sessions WHERE impersonated_by IS NOT NULL;
    RETURN NULL;
END
$$;

CREATE TRIGGER roles_impersonations_end
    AFTER INSERT OR UPDATE OR DELETE ON roles FOR EACH ROW
    EXECUTE FUNCTION end_impersonations();

-- The administrator who acted as the actor.
ALTER TABLE audit_records ADD COLUMN impersonator text;

CREATE INDEX audit_records_impersonator_idx ON audit_records (impersonator, id) WHERE impersonator IS NOT NULL;
