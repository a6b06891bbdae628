-- $1: the task. $2: its owner. $3: of which sharing. $4: the versions that it may have, or null for any.
-- $5: whose share. $6: the time.
WITH t AS (
    UPDATE tasks SET sharing = sharing + 1
    WHERE id = $1 AND user_id = $2 AND sharing = $3 AND ($4 IS NULL OR version = ANY ($4))
    RETURNING id
), s AS (
    DELETE FROM task_shares AS s USING t
    WHERE s.task_id = t.id AND s.user_id = $5
    RETURNING s.user_id
), c AS (
    UPDATE user_counters AS k SET seq = k.seq + 1
    FROM s WHERE k.user_id = s.user_id
    RETURNING k.user_id, k.seq
), l AS (
    INSERT INTO changes (user_id, seq, task_id, kind, at)
    SELECT c.user_id, c.seq, t.id, 'unshared', $6 FROM c, t
)
