-- $1: the user. $2: the version that the deletion was made from. $3: whether an admin is lost: then another one must be left.
-- $4: the time. $5: the identifier of the verification to be spent, or null.
WITH guard AS MATERIALIZED (
    SELECT NOT $3 OR EXISTS (
        SELECT FROM users
        WHERE id <> $1 AND role ~ '(^|,)\s*admin\s*(,|$)' AND (banned IS NOT TRUE OR ban_expires <= $4)
    ) AS admin_left
), present AS MATERIALIZED (
    SELECT id FROM users WHERE id = $1 AND version = $2
), spent AS (
    DELETE FROM verifications
    WHERE identifier = $5 AND EXISTS (SELECT FROM present) AND (SELECT admin_left FROM guard) AND (
        SELECT newest.value = $1 AND newest.expires_at > $4
        FROM verifications AS newest WHERE newest.identifier = $5
        ORDER BY newest.created_at DESC LIMIT 1
    )
    RETURNING id
), deleted AS (
    DELETE FROM users
    WHERE id = $1 AND version = $2 AND (SELECT admin_left FROM guard) AND ($5 IS NULL OR EXISTS (SELECT FROM spent))
    RETURNING id
)
SELECT EXISTS (SELECT FROM deleted), EXISTS (SELECT FROM present), (SELECT admin_left FROM guard)
