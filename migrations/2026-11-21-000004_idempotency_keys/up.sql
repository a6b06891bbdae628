-- Requests that were answered, so that sending one again does nothing twice.
CREATE TABLE idempotency_keys (
    user_id text NOT NULL CONSTRAINT idempotency_keys_user_id_fkey REFERENCES users ON DELETE CASCADE,
    key text NOT NULL,
    -- SHA-256 of the request.
    request_hash bytea NOT NULL CONSTRAINT idempotency_keys_request_hash_length CHECK (octet_length(request_hash) = 32),
    -- {"saved": <the task>} or {"deleted": <its id>}
    outcome jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (user_id, key)
);
