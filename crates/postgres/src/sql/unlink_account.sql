-- $1: the user. $2: the account's own id.
-- Who unlinks at the same time waits here, and then no longer finds what the other has deleted.
WITH theirs AS (
    SELECT id FROM accounts WHERE user_id = $1 ORDER BY id FOR UPDATE
), unlinked AS (
    DELETE FROM accounts
    WHERE id = $2 AND user_id = $1 AND (SELECT count(*) FROM theirs) > 1
    RETURNING id
)
SELECT EXISTS (SELECT FROM unlinked), (SELECT count(*) FROM theirs) = 1
