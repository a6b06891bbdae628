-- $1: the user. $2: the version that the edit was made from. $3: whether an admin is lost: then another one must be left.
-- $4: the time. $5: the revision that roles were judged by, or null. $6: whether sessions end. $7 to $15: the user.
WITH guard AS MATERIALIZED (
    SELECT NOT $3 OR EXISTS (
        SELECT FROM users
        WHERE id <> $1 AND role ~ '(^|,)\s*admin\s*(,|$)' AND (banned IS NOT TRUE OR ban_expires <= $4)
    ) AS admin_left
), judged AS (
    -- A role that is being changed is waited for, and then judged by anew; one that comes second waits for this.
    SELECT revision FROM role_revision WHERE revision = $5 FOR SHARE
), edited AS (
    UPDATE users SET
        name = $7, image = $8, email = $9, email_verified = $10,
        role = $11, banned = $12, ban_reason = $13, ban_expires = $14, updated_at = $15
    WHERE id = $1 AND version = $2 AND (SELECT admin_left FROM guard) AND ($5 IS NULL OR EXISTS (SELECT FROM judged))
    RETURNING id
), ended AS (
    DELETE FROM sessions AS s USING edited AS e WHERE $6 AND s.user_id = e.id
)
SELECT
    EXISTS (SELECT FROM edited),
    EXISTS (SELECT FROM users WHERE id = $1 AND version = $2),
    (SELECT admin_left FROM guard)
