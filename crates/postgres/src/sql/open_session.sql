-- $1 to $11: the session. $12 and $13: the password hash that was read and a better one, or nulls. $14: whether to lift a ban
-- that has expired.
WITH opened AS (
    INSERT INTO sessions (
        id, token, user_id, expires_at, created_at, updated_at, ip_address, user_agent, impersonated_by, authenticated_at, amr
    )
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    RETURNING id, user_id
), rehashed AS (
    UPDATE accounts AS a SET password = $13, updated_at = $5
    FROM opened AS o
    WHERE a.user_id = o.user_id AND a.provider_id = 'credential' AND a.account_id = o.user_id AND a.password = $12
), lifted AS (
    -- Not one that was pronounced since it was read.
    UPDATE users AS u SET banned = false, ban_reason = NULL, ban_expires = NULL, updated_at = $5
    FROM opened AS o
    WHERE u.id = o.user_id AND $14 AND u.banned AND u.ban_expires <= $5
)
SELECT id FROM opened
