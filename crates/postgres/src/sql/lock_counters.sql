-- After u, the task, and w, the users whom it is shared with: the counters of its owner and of theirs are locked in the order
-- of ids, so that of two such writes neither waits for the other.
, locked AS (
    SELECT k.user_id FROM user_counters AS k
    WHERE k.user_id = ANY (ARRAY(SELECT u.user_id FROM u UNION ALL SELECT w.user_id FROM u, w))
    ORDER BY k.user_id
    FOR NO KEY UPDATE
), t AS (
    -- All of them, before anything is counted.
    SELECT u.* FROM u WHERE (SELECT count(*) FROM locked) > 0
)
