-- $1 and $2: caller and key of the attempt. $3: for how long attempts are remembered.
SELECT request_hash, outcome FROM idempotency_keys
WHERE user_id = $1 AND key = $2 AND created_at > CURRENT_TIMESTAMP - $3
