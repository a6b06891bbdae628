-- $1: the user. $2: the identifier of the verification to be spent, or null. $3: the time.
-- Of two that spend one verification, the second waits for the first and finds it gone.
WITH spent AS (
    DELETE FROM verifications
    WHERE identifier = $2 AND EXISTS (SELECT FROM users WHERE id = $1) AND (
        SELECT newest.value = $1 AND newest.expires_at > $3
        FROM verifications AS newest WHERE newest.identifier = $2
        ORDER BY newest.created_at DESC LIMIT 1
    )
    RETURNING id
)
DELETE FROM users
WHERE id = $1 AND ($2 IS NULL OR EXISTS (SELECT FROM spent))
RETURNING id
