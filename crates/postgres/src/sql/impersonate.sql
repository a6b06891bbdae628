-- $1 to $11: the session that begins, of which $9 is the administrator. $12: the administrator's own session. $13 and $14: the
-- roles of the administrator and of the user, as they were judged.
-- A change of either user that is being stored is waited for, and then judged. One that comes second waits until the session
-- is there, and ends it. The users come before the session, as where a ban ends sessions.
WITH unchanged AS (
    SELECT id FROM users
    WHERE ((id = $9 AND role IS NOT DISTINCT FROM $13) OR (id = $3 AND role IS NOT DISTINCT FROM $14))
        AND (banned IS NOT TRUE OR ban_expires <= $5)
    FOR SHARE
), own AS (
    SELECT id FROM sessions
    WHERE id = $12 AND user_id = $9 AND impersonated_by IS NULL AND expires_at > $5
        AND (SELECT count(*) FROM unchanged) = 2
    FOR KEY SHARE
)
INSERT INTO sessions (
    id, token, user_id, expires_at, created_at, updated_at, ip_address, user_agent, impersonated_by, authenticated_at, amr,
    impersonator_session_id
)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, id FROM own
RETURNING id
