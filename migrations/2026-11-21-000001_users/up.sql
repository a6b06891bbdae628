-- Better Auth's user model with its admin and two-factor plugins, in snake case, so that a Better Auth server can share
-- this database. Such a server may have made the table before us, then with the columns of the plugins that it uses.
CREATE TABLE IF NOT EXISTS users (
    id text PRIMARY KEY,
    name text NOT NULL,
    email text NOT NULL CONSTRAINT users_email_key UNIQUE,
    email_verified boolean NOT NULL DEFAULT false,
    image text,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    role text,
    banned boolean,
    ban_reason text,
    ban_expires timestamptz,
    two_factor_enabled boolean
);

ALTER TABLE users
    ADD COLUMN IF NOT EXISTS role text,
    ADD COLUMN IF NOT EXISTS banned boolean,
    ADD COLUMN IF NOT EXISTS ban_reason text,
    ADD COLUMN IF NOT EXISTS ban_expires timestamptz,
    ADD COLUMN IF NOT EXISTS two_factor_enabled boolean;
