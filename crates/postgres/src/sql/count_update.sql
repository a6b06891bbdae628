-- After t, the task. $13: what happened. $14 to $20: its owner's counters. $21 to $26: categories. $27 to $30: activity.
, c AS (
    UPDATE user_counters AS k SET
        seq = k.seq + 1,
        completed = k.completed + $14,
        low_total = k.low_total + $15,
        low_completed = k.low_completed + $16,
        medium_total = k.medium_total + $17,
        medium_completed = k.medium_completed + $18,
        high_total = k.high_total + $19,
        high_completed = k.high_completed + $20
    FROM t WHERE k.user_id = t.user_id
    RETURNING k.user_id, k.seq
), category AS (
    INSERT INTO category_counters AS k (user_id, category, total, completed)
    SELECT c.user_id, d.category, d.total, d.completed
    FROM c, (VALUES ($21, $22::bigint, $23::bigint), ($24, $25, $26)) AS d (category, total, completed)
    WHERE d.category IS NOT NULL
    ON CONFLICT (user_id, category) DO UPDATE SET
        total = k.total + excluded.total,
        completed = k.completed + excluded.completed
), activity AS (
    INSERT INTO activity_counters AS k (user_id, bucket, created, completed)
    SELECT c.user_id, d.bucket, 0, d.completed
    FROM c, (VALUES ($27::timestamptz, $28::bigint), ($29, $30)) AS d (bucket, completed)
    WHERE d.bucket IS NOT NULL
    ON CONFLICT (user_id, bucket) DO UPDATE SET completed = k.completed + excluded.completed
), l AS (
    INSERT INTO changes (user_id, seq, task_id, kind, at, payload)
    SELECT c.user_id, c.seq, t.id, $13, t.updated_at, to_jsonb(t) - ARRAY['title_key', 'sharing'] FROM c, t
    RETURNING task_id, kind, at, payload
)
