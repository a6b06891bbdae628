-- After t, the task. $15 to $21: its owner's counters. $22 to $27: categories. $28 to $31: activity.
, c AS (
    UPDATE user_counters AS k SET
        seq = k.seq + 1,
        completed = k.completed + $15,
        low_total = k.low_total + $16,
        low_completed = k.low_completed + $17,
        medium_total = k.medium_total + $18,
        medium_completed = k.medium_completed + $19,
        high_total = k.high_total + $20,
        high_completed = k.high_completed + $21
    FROM t WHERE k.user_id = t.user_id
    RETURNING k.user_id, k.seq
), category AS (
    INSERT INTO category_counters AS k (user_id, category, total, completed)
    SELECT c.user_id, d.category, d.total, d.completed
    FROM c, (VALUES ($22, $23::bigint, $24::bigint), ($25, $26, $27)) AS d (category, total, completed)
    WHERE d.category IS NOT NULL
    ON CONFLICT (user_id, category) DO UPDATE SET
        total = k.total + excluded.total,
        completed = k.completed + excluded.completed
), activity AS (
    INSERT INTO activity_counters AS k (user_id, bucket, created, completed)
    SELECT c.user_id, d.bucket, 0, d.completed
    FROM c, (VALUES ($28::timestamptz, $29::bigint), ($30, $31)) AS d (bucket, completed)
    WHERE d.bucket IS NOT NULL
    ON CONFLICT (user_id, bucket) DO UPDATE SET completed = k.completed + excluded.completed
)
