-- Better Auth's models of sessions, accounts, verifications and keys with its admin and JWT plugins, in snake case. A Better
-- Auth server that shares this database may have made the tables before us: then they get what they lack, and such a server
-- finds no column in them that it would have to fill.
CREATE TABLE IF NOT EXISTS sessions (
    id text PRIMARY KEY,
    expires_at timestamptz NOT NULL,
    token text NOT NULL CONSTRAINT sessions_token_key UNIQUE,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL,
    ip_address text,
    user_agent text,
    user_id text NOT NULL CONSTRAINT sessions_user_id_fkey REFERENCES users ON DELETE CASCADE
);

ALTER TABLE sessions
    ADD COLUMN IF NOT EXISTS impersonated_by text,
    -- The token that was replaced, and until when it still counts.
    ADD COLUMN previous_token text,
    ADD COLUMN previous_token_until timestamptz,
    -- When the user last proved who they are, if that was after the session began.
    ADD COLUMN authenticated_at timestamptz,
    -- How: authentication method references (RFC 8176), separated by spaces.
    ADD COLUMN amr text;

CREATE INDEX IF NOT EXISTS sessions_user_id_idx ON sessions (user_id);
CREATE INDEX sessions_previous_token_idx ON sessions (previous_token) WHERE previous_token IS NOT NULL;

CREATE TABLE IF NOT EXISTS accounts (
    id text PRIMARY KEY,
    -- The user's id at the provider.
    account_id text NOT NULL,
    provider_id text NOT NULL,
    user_id text NOT NULL CONSTRAINT accounts_user_id_fkey REFERENCES users ON DELETE CASCADE,
    access_token text,
    refresh_token text,
    id_token text,
    access_token_expires_at timestamptz,
    refresh_token_expires_at timestamptz,
    scope text,
    -- A hash; only of the provider `credential`, where `account_id` is `user_id`.
    password text,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL
);

CREATE INDEX IF NOT EXISTS accounts_user_id_idx ON accounts (user_id);

CREATE TABLE IF NOT EXISTS verifications (
    id text PRIMARY KEY,
    identifier text NOT NULL,
    value text NOT NULL,
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE INDEX IF NOT EXISTS verifications_identifier_idx ON verifications (identifier);

CREATE TABLE IF NOT EXISTS jwks (
    -- The `kid`.
    id text PRIMARY KEY,
    public_key text NOT NULL,
    private_key text NOT NULL,
    created_at timestamptz NOT NULL
);

-- Columns that servers of earlier versions do not make.
ALTER TABLE jwks
    ADD COLUMN IF NOT EXISTS expires_at timestamptz,
    ADD COLUMN IF NOT EXISTS alg text,
    ADD COLUMN IF NOT EXISTS crv text;

-- A session that ends before its time is known to every instance as a ban is, whoever ends it. One that has expired is
-- nobody's news: what was remembered of it has expired too.
CREATE FUNCTION note_session_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO auth_changes (user_id) VALUES (OLD.user_id);
    RETURN NULL;
END
$$;

CREATE TRIGGER sessions_auth_end
    AFTER DELETE ON sessions FOR EACH ROW
    WHEN (OLD.expires_at > CURRENT_TIMESTAMP)
    EXECUTE FUNCTION note_session_change();

CREATE TRIGGER sessions_auth_change
    AFTER UPDATE ON sessions FOR EACH ROW
    WHEN (OLD.expires_at > CURRENT_TIMESTAMP AND (
        NEW.expires_at < OLD.expires_at OR (NEW.id, NEW.token, NEW.user_id) IS DISTINCT FROM (OLD.id, OLD.token, OLD.user_id)
    ))
    EXECUTE FUNCTION note_session_change();

-- By these, what has expired is found without reading what has not.
CREATE INDEX sessions_expires_at_idx ON sessions (expires_at);
CREATE INDEX verifications_expires_at_idx ON verifications (expires_at);
