-- $1 to $7: the key. $8: when the others expire that do not expire earlier.
WITH ended AS (
    UPDATE jwks SET expires_at = $8 WHERE expires_at IS NULL OR expires_at > $8
)
INSERT INTO jwks (id, public_key, private_key, created_at, expires_at, alg, crv) VALUES ($1, $2, $3, $4, $5, $6, $7)
RETURNING id
