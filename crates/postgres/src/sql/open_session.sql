-- $1 to $11: the session. $12: the password hash that was compared, or null for who came in another way. $13: a better one,
-- or null. $14: whether to lift a ban that has expired. $15: identifier of the trusted device that the user came from. $16 to
-- $18: id, identifier and expiry of its new record. All null where there was no need of it.
-- A ban, a new password or a second factor that is being stored is waited for, and then judged. One that comes second waits until the session
-- is there; to see it then, it locks the user before the statement that ends sessions.
WITH let_in AS (
    SELECT id FROM users
    WHERE id = $3 AND (banned IS NOT TRUE OR ban_expires <= $5)
        AND ($12 IS NULL OR $15 IS NOT NULL OR two_factor_enabled IS NOT TRUE)
    FOR NO KEY UPDATE
), proven AS (
    SELECT a.id FROM let_in AS u JOIN accounts AS a ON a.user_id = u.id
    WHERE a.provider_id = 'credential' AND a.account_id = a.user_id AND a.password = $12
    FOR NO KEY UPDATE OF a
), renamed AS (
    DELETE FROM verifications AS v USING let_in AS u
    WHERE v.identifier = $15 AND v.value = u.id AND v.expires_at > $5 AND ($12 IS NULL OR EXISTS (SELECT FROM proven))
    RETURNING v.id
), opened AS (
    INSERT INTO sessions (
        id, token, user_id, expires_at, created_at, updated_at, ip_address, user_agent, impersonated_by, authenticated_at, amr
    )
    SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 FROM let_in
    WHERE ($12 IS NULL OR EXISTS (SELECT FROM proven)) AND ($15 IS NULL OR EXISTS (SELECT FROM renamed))
    RETURNING id, user_id
), rehashed AS (
    UPDATE accounts AS a SET password = $13, updated_at = $5
    FROM opened AS o
    WHERE $13 IS NOT NULL
        AND a.user_id = o.user_id AND a.provider_id = 'credential' AND a.account_id = o.user_id AND a.password = $12
), trusted AS (
    INSERT INTO verifications (id, identifier, value, expires_at, created_at, updated_at)
    SELECT $16, $17, user_id, $18, $5, $5 FROM opened WHERE $16 IS NOT NULL
), lifted AS (
    UPDATE users AS u SET banned = false, ban_reason = NULL, ban_expires = NULL, updated_at = $5
    FROM opened AS o
    WHERE u.id = o.user_id AND $14 AND u.banned AND u.ban_expires <= $5
)
SELECT id FROM opened
