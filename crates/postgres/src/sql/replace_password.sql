-- $1 to $11: a session, or nulls. $12: whether all others end. $13: the user. $14: the new hash. $15: the time.
-- $16: the hash that must be there.
WITH changed AS (
    UPDATE accounts SET password = $14, updated_at = $15
    WHERE user_id = $13 AND provider_id = 'credential' AND account_id = user_id AND password = $16
    RETURNING id
), ended AS (
    DELETE FROM sessions WHERE user_id = $13 AND $12 AND EXISTS (SELECT FROM changed)
), begun AS (
    INSERT INTO sessions (
        id, token, user_id, expires_at, created_at, updated_at, ip_address, user_agent, impersonated_by, authenticated_at, amr
    )
    SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 WHERE $12 AND EXISTS (SELECT FROM changed)
)
SELECT id FROM changed
