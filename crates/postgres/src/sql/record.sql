-- $1 to $3: caller, key and fingerprint of the attempt. $4: its outcome.
INSERT INTO idempotency_keys (user_id, key, request_hash, outcome) VALUES ($1, $2, $3, $4)
RETURNING key
