-- After t, the task. $4: the time.
, c AS (
    UPDATE user_counters AS k SET
        seq = k.seq + 1,
        total = k.total - 1,
        completed = k.completed - t.completed,
        low_total = k.low_total - CASE t.priority WHEN 1 THEN 1 ELSE 0 END,
        low_completed = k.low_completed - CASE t.priority WHEN 1 THEN t.completed ELSE 0 END,
        medium_total = k.medium_total - CASE t.priority WHEN 2 THEN 1 ELSE 0 END,
        medium_completed = k.medium_completed - CASE t.priority WHEN 2 THEN t.completed ELSE 0 END,
        high_total = k.high_total - CASE t.priority WHEN 3 THEN 1 ELSE 0 END,
        high_completed = k.high_completed - CASE t.priority WHEN 3 THEN t.completed ELSE 0 END
    FROM t WHERE k.user_id = t.user_id
    RETURNING k.user_id, k.seq
), category AS (
    -- Not an UPDATE: that would miss a row which another statement made since this one began.
    INSERT INTO category_counters AS k (user_id, category, total, completed)
    SELECT c.user_id, t.category, -1, -t.completed FROM c, t WHERE t.category IS NOT NULL
    ON CONFLICT (user_id, category) DO UPDATE SET
        total = k.total + excluded.total,
        completed = k.completed + excluded.completed
), l AS (
    INSERT INTO changes (user_id, seq, task_id, kind, at)
    SELECT c.user_id, c.seq, t.id, 'deleted', $4 FROM c, t
    RETURNING task_id, kind, at, payload
)
