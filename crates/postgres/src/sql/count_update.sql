-- After n, the task as it shall be, and t, as it is now: how its owner's counters move.
, c AS (
    UPDATE user_counters AS k SET
        seq = k.seq + 1,
        completed = k.completed + n.completed_delta,
        low_total = k.low_total + n.low_total_delta,
        low_completed = k.low_completed + n.low_completed_delta,
        medium_total = k.medium_total + n.medium_total_delta,
        medium_completed = k.medium_completed + n.medium_completed_delta,
        high_total = k.high_total + n.high_total_delta,
        high_completed = k.high_completed + n.high_completed_delta
    FROM t JOIN n ON n.user_id = t.user_id
    WHERE k.user_id = t.user_id
    RETURNING k.user_id, k.seq
), category AS (
    INSERT INTO category_counters AS k (user_id, category, total, completed)
    SELECT c.user_id, d.category, d.total, d.completed
    FROM c JOIN n ON n.user_id = c.user_id
    CROSS JOIN LATERAL (VALUES
        (n.category_1, n.category_1_total_delta, n.category_1_completed_delta),
        (n.category_2, n.category_2_total_delta, n.category_2_completed_delta)
    ) AS d (category, total, completed)
    WHERE d.category IS NOT NULL
    ON CONFLICT (user_id, category) DO UPDATE SET
        total = k.total + excluded.total,
        completed = k.completed + excluded.completed
), activity AS (
    INSERT INTO activity_counters AS k (user_id, bucket, created, completed)
    SELECT c.user_id, d.bucket, 0, d.completed
    FROM c JOIN n ON n.user_id = c.user_id
    CROSS JOIN LATERAL (VALUES (n.bucket_1, n.bucket_1_delta), (n.bucket_2, n.bucket_2_delta)) AS d (bucket, completed)
    WHERE d.bucket IS NOT NULL
    ON CONFLICT (user_id, bucket) DO UPDATE SET completed = k.completed + excluded.completed
)
