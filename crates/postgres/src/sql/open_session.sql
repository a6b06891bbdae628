-- $1 to $11: the session. $12: the password hash that was compared, or null for who came in another way. $13: a better one,
-- or null. $14: whether to lift a ban that has expired.
-- A ban or a new password that is being stored is waited for, and then judged. One that comes second waits until the session
-- is there; to see it then, it locks the user before the statement that ends sessions.
WITH let_in AS (
    SELECT id FROM users WHERE id = $3 AND (banned IS NOT TRUE OR ban_expires <= $5) FOR NO KEY UPDATE
), proven AS (
    SELECT a.id FROM let_in AS u JOIN accounts AS a ON a.user_id = u.id
    WHERE a.provider_id = 'credential' AND a.account_id = a.user_id AND a.password = $12
    FOR NO KEY UPDATE OF a
), opened AS (
    INSERT INTO sessions (
        id, token, user_id, expires_at, created_at, updated_at, ip_address, user_agent, impersonated_by, authenticated_at, amr
    )
    SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 FROM let_in WHERE $12 IS NULL OR EXISTS (SELECT FROM proven)
    RETURNING id, user_id
), rehashed AS (
    UPDATE accounts AS a SET password = $13, updated_at = $5
    FROM opened AS o
    WHERE $13 IS NOT NULL
        AND a.user_id = o.user_id AND a.provider_id = 'credential' AND a.account_id = o.user_id AND a.password = $12
), lifted AS (
    UPDATE users AS u SET banned = false, ban_reason = NULL, ban_expires = NULL, updated_at = $5
    FROM opened AS o
    WHERE u.id = o.user_id AND $14 AND u.banned AND u.ban_expires <= $5
)
SELECT id FROM opened
