-- $1: the owner. $2 to $8: the task. $9: the time.
WITH c AS (
    INSERT INTO user_counters AS k (
        user_id, seq, total, completed, low_total, low_completed, medium_total, medium_completed, high_total, high_completed
    )
    SELECT
        $1,
        1,
        1,
        d.completed,
        CASE d.priority WHEN 1 THEN 1 ELSE 0 END,
        CASE d.priority WHEN 1 THEN d.completed ELSE 0 END,
        CASE d.priority WHEN 2 THEN 1 ELSE 0 END,
        CASE d.priority WHEN 2 THEN d.completed ELSE 0 END,
        CASE d.priority WHEN 3 THEN 1 ELSE 0 END,
        CASE d.priority WHEN 3 THEN d.completed ELSE 0 END
    FROM (SELECT $6::smallint AS priority, ($8::timestamptz IS NOT NULL)::int AS completed) AS d
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
    SELECT c.user_id, $5, 1, ($8 IS NOT NULL)::int FROM c WHERE $5 IS NOT NULL
    ON CONFLICT (user_id, category) DO UPDATE SET
        total = k.total + excluded.total,
        completed = k.completed + excluded.completed
), activity AS (
    -- Quarters of an hour, as the domain's `bucket_of` has them.
    INSERT INTO activity_counters AS k (user_id, bucket, created, completed)
    SELECT c.user_id, date_bin('15 minutes', $9, 'epoch'), 1, ($8 IS NOT NULL)::int FROM c
    ON CONFLICT (user_id, bucket) DO UPDATE SET
        created = k.created + excluded.created,
        completed = k.completed + excluded.completed
), l AS (
    INSERT INTO changes (user_id, seq, task_id, kind, at, payload)
    SELECT c.user_id, c.seq, t.id, 'created', t.created_at, to_jsonb(t) - ARRAY['title_key', 'sharing'] FROM c, t
)
