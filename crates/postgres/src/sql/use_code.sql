-- $1 to $11: the session that begins, or nulls. $12: the user. $13: the time. $14 to $16: id, secret and backup codes of the
-- second factor, as they were read. $17: the step of the code, or null. $18: the backup codes that are left, or null.
-- $19: identifier of the sign-in that waits, or null. $20 to $22: id, identifier and expiry of a trusted device, or nulls.
-- $23: whether to lift a ban that has expired. $24 to $26: the session in which the code is given, when its user last proved
-- who they are, and how; or nulls.
-- As where a session is opened by password, the user is locked first: a ban, or the end of the second factor, that is being
-- stored is waited for.
WITH let_in AS (
    SELECT id FROM users WHERE id = $12 AND (banned IS NOT TRUE OR ban_expires <= $13) FOR NO KEY UPDATE
), used AS (
    UPDATE two_factors AS t SET
        last_step = coalesce($17, t.last_step), backup_codes = coalesce($18, t.backup_codes),
        failed_verification_count = 0, locked_until = NULL
    FROM let_in AS u
    WHERE t.id = $14 AND t.user_id = u.id AND t.secret = $15
        AND ($17 IS NULL OR t.last_step IS NULL OR t.last_step < $17) AND ($18 IS NULL OR t.backup_codes = $16)
    RETURNING t.user_id
), spent AS (
    DELETE FROM verifications AS v USING used AS u
    WHERE v.identifier = $19 AND v.value = u.user_id AND v.expires_at > $13
    RETURNING v.id
), opened AS (
    INSERT INTO sessions (
        id, token, user_id, expires_at, created_at, updated_at, ip_address, user_agent, impersonated_by, authenticated_at, amr
    )
    SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 WHERE EXISTS (SELECT FROM spent)
    RETURNING user_id
), trusted AS (
    INSERT INTO verifications (id, identifier, value, expires_at, created_at, updated_at)
    SELECT $20, $21, user_id, $22, $13, $13 FROM opened WHERE $20 IS NOT NULL
), lifted AS (
    UPDATE users AS u SET banned = false, ban_reason = NULL, ban_expires = NULL, updated_at = $13
    FROM opened AS o
    WHERE u.id = o.user_id AND $23 AND u.banned AND u.ban_expires <= $13
), proven AS (
    UPDATE sessions AS s SET authenticated_at = $25, amr = $26
    FROM used AS u
    WHERE s.id = $24 AND s.user_id = u.user_id AND s.expires_at > $13
    RETURNING s.id
)
SELECT user_id FROM used
WHERE ($19 IS NULL OR EXISTS (SELECT FROM spent)) AND ($24 IS NULL OR EXISTS (SELECT FROM proven))
