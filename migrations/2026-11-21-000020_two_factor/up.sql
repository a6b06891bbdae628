-- Better Auth's model of second factors, in snake case. A Better Auth server that shares this database may have made the table
-- before us: then it gets what it lacks.
CREATE TABLE IF NOT EXISTS two_factors (
    id text PRIMARY KEY,
    -- Of the one-time passwords; encrypted.
    secret text NOT NULL,
    -- A JSON array; encrypted.
    backup_codes text NOT NULL,
    user_id text NOT NULL CONSTRAINT two_factors_user_id_fkey REFERENCES users ON DELETE CASCADE
);

-- Columns that servers of earlier versions do not make, and the last one, which none makes.
ALTER TABLE two_factors
    -- False until the user has given a first code; null counts as true.
    ADD COLUMN IF NOT EXISTS verified boolean,
    ADD COLUMN IF NOT EXISTS failed_verification_count integer,
    ADD COLUMN IF NOT EXISTS locked_until timestamptz,
    -- The step (of RFC 6238) of the last code that was accepted: codes of it and of earlier ones are spent.
    ADD COLUMN last_step bigint;

CREATE INDEX IF NOT EXISTS two_factors_secret_idx ON two_factors (secret);
CREATE INDEX IF NOT EXISTS two_factors_user_id_idx ON two_factors (user_id);

-- By this, all devices that a user trusts are found.
CREATE INDEX verifications_trusted_devices_idx ON verifications (value) WHERE identifier LIKE 'trust-device-%';
