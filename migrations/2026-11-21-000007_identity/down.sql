-- The tables stay: they may be a Better Auth server's, and up.sql adopts what it finds. What such a server never makes goes.
DROP TRIGGER sessions_auth_change ON sessions;
DROP TRIGGER sessions_auth_end ON sessions;
DROP FUNCTION note_session_change();
DROP INDEX sessions_previous_token_idx, sessions_expires_at_idx, verifications_expires_at_idx;

ALTER TABLE sessions
    DROP COLUMN amr,
    DROP COLUMN authenticated_at,
    DROP COLUMN previous_token_until,
    DROP COLUMN previous_token;
