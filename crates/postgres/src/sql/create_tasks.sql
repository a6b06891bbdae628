-- $1: tasks, each of another owner, in the order of the owners' ids; with caller, key and fingerprint of an attempt or
-- without.
WITH n AS (
    SELECT *, (n.completed_at IS NOT NULL)::int AS completed
    FROM json_to_recordset($1) AS n (
        user_id text,
        title text,
        title_key text,
        description text,
        category text,
        priority smallint,
        due_at timestamptz,
        completed_at timestamptz,
        at timestamptz,
        caller text,
        key text,
        request_hash bytea
    )
), c AS (
    INSERT INTO user_counters AS k (
        user_id, seq, total, completed, low_total, low_completed, medium_total, medium_completed, high_total, high_completed
    )
    SELECT
        n.user_id,
        1,
        1,
        n.completed,
        CASE n.priority WHEN 1 THEN 1 ELSE 0 END,
        CASE n.priority WHEN 1 THEN n.completed ELSE 0 END,
        CASE n.priority WHEN 2 THEN 1 ELSE 0 END,
        CASE n.priority WHEN 2 THEN n.completed ELSE 0 END,
        CASE n.priority WHEN 3 THEN 1 ELSE 0 END,
        CASE n.priority WHEN 3 THEN n.completed ELSE 0 END
    FROM n
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
    SELECT
        n.user_id, n.title, n.title_key, n.description, n.category, n.priority, n.due_at, n.completed_at, 1, n.at, n.at
    FROM c JOIN n ON n.user_id = c.user_id
    RETURNING *
), category AS (
    INSERT INTO category_counters AS k (user_id, category, total, completed)
    SELECT t.user_id, t.category, 1, (t.completed_at IS NOT NULL)::int FROM t WHERE t.category IS NOT NULL
    ON CONFLICT (user_id, category) DO UPDATE SET
        total = k.total + excluded.total,
        completed = k.completed + excluded.completed
), activity AS (
    -- Quarters of an hour, as the domain's `bucket_of` has them.
    INSERT INTO activity_counters AS k (user_id, bucket, created, completed)
    SELECT t.user_id, date_bin('15 minutes', t.created_at, 'epoch'), 1, (t.completed_at IS NOT NULL)::int FROM t
    ON CONFLICT (user_id, bucket) DO UPDATE SET
        created = k.created + excluded.created,
        completed = k.completed + excluded.completed
), l AS (
    INSERT INTO changes (user_id, seq, task_id, kind, at, payload)
    SELECT c.user_id, c.seq, t.id, 'created', t.created_at, to_jsonb(t) - ARRAY['title_key', 'sharing']
    FROM c JOIN t ON t.user_id = c.user_id
)
