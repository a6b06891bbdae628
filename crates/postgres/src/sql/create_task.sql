-- $1 to $9: the task. $10 to $17: its owner's counters. $18 to $20: categories. $21 to $23: activity.
WITH c AS (
    INSERT INTO user_counters AS k (
        user_id, seq, total, completed, low_total, low_completed, medium_total, medium_completed, high_total, high_completed
    )
    VALUES ($1, 1, $10, $11, $12, $13, $14, $15, $16, $17)
    ON CONFLICT (user_id) DO UPDATE SET
        seq = k.seq + 1,
        total = k.total + excluded.total,
        completed = k.completed + excluded.completed,
        low_total = k.low_total + excluded.low_total,
        low_completed = k.low_completed + excluded.low_completed,
        medium_total = k.medium_total + excluded.medium_total,
        medium_completed = k.medium_completed + excluded.medium_completed,
        high_total = k.high_total + excluded.high_total,
        high_completed = k.high_completed + excluded.high_completed
    RETURNING k.user_id, k.seq
), t AS (
    INSERT INTO tasks (
        user_id, title, title_key, description, category, priority, due_at, completed_at, version, created_at, updated_at
    )
    SELECT c.user_id, $2, $3, $4, $5, $6, $7, $8, 1, $9, $9 FROM c
    RETURNING *
), category AS (
    INSERT INTO category_counters AS k (user_id, category, total, completed)
    SELECT c.user_id, d.category, d.total, d.completed
    FROM c, unnest($18, $19, $20) AS d (category, total, completed)
    ON CONFLICT (user_id, category) DO UPDATE SET
        total = k.total + excluded.total,
        completed = k.completed + excluded.completed
), activity AS (
    INSERT INTO activity_counters AS k (user_id, bucket, created, completed)
    SELECT c.user_id, d.bucket, d.created, d.completed
    FROM c, unnest($21, $22, $23) AS d (bucket, created, completed)
    ON CONFLICT (user_id, bucket) DO UPDATE SET
        created = k.created + excluded.created,
        completed = k.completed + excluded.completed
), l AS (
    INSERT INTO changes (user_id, seq, task_id, kind, at, payload)
    SELECT c.user_id, c.seq, t.id, 'created', t.created_at, to_jsonb(t) - 'title_key' FROM c, t
)
