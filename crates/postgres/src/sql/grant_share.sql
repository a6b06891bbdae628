-- $1: the task. $2: its owner. $3: of which sharing. $4: the versions that it may have, or null for any.
-- $5 to $7: the share. $8: whether it is new. $9: the time.
WITH t AS (
    UPDATE tasks SET sharing = sharing + 1
    WHERE id = $1 AND user_id = $2 AND sharing = $3 AND ($4 IS NULL OR version = ANY ($4))
    RETURNING *
), c AS (
    INSERT INTO user_counters AS k (user_id, seq)
    SELECT $5, 1 FROM t
    ON CONFLICT (user_id) DO UPDATE SET seq = k.seq + 1
    RETURNING k.user_id, k.seq
), s AS (
    INSERT INTO task_shares (task_id, user_id, access, created_at)
    SELECT t.id, c.user_id, $6, $7 FROM c, t
    ON CONFLICT (task_id, user_id) DO UPDATE SET access = excluded.access
    RETURNING user_id, access, created_at, $8 AS is_new
), l AS (
    INSERT INTO changes (user_id, seq, task_id, kind, at, payload)
    SELECT c.user_id, c.seq, t.id, 'shared', $9, to_jsonb(t) - ARRAY['title_key', 'sharing'] FROM c, t
)
