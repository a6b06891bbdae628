-- $1 and $2: id and identifier of the sign-in that waits. $3 and $4: id and identifier of its count of tries. $5: the user.
-- $6: the expiry. $7: the time. $8 and $9: the password hash that was compared and a better one, or nulls.
WITH rehashed AS (
    UPDATE accounts SET password = $9, updated_at = $7
    WHERE $9 IS NOT NULL AND user_id = $5 AND provider_id = 'credential' AND account_id = user_id AND password = $8
)
INSERT INTO verifications (id, identifier, value, expires_at, created_at, updated_at)
VALUES ($1, $2, $5, $6, $7, $7), ($3, $4, '0', $6, $7, $7)
RETURNING id
