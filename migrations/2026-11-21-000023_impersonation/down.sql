DROP TRIGGER roles_impersonations_end ON roles;
DROP TRIGGER users_impersonations_end ON users;
DROP TRIGGER users_impersonations_change ON users;
DROP FUNCTION end_impersonations();
DROP FUNCTION end_impersonations_of_user();
DROP INDEX sessions_impersonated_by_idx;

ALTER TABLE audit_records DROP COLUMN impersonator;
ALTER TABLE sessions DROP COLUMN impersonator_session_id;
