-- $1 to $3: which version of which task. $4 to $13: the task and what happened. $14 to $21: its owner's counters.
-- $22 to $24: categories. $25 to $27: activity.
-- The task first: without its row no number is drawn, and of two writers of one version the second finds nothing.
WITH t AS (
    UPDATE tasks SET
        title = $4,
        title_key = $5,
        description = $6,
        category = $7,
        priority = $8,
        due_at = $9,
        completed_at = $10,
        version = $11,
        updated_at = $12
    WHERE id = $1 AND user_id = $2 AND version = $3
    RETURNING *
), c AS (
    UPDATE user_counters AS k SET
        seq = k.seq + 1,
        total = k.total + $14,
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
    FROM c, unnest($22, $23, $24) AS d (category, total, completed)
    ON CONFLICT (user_id, category) DO UPDATE SET
        total = k.total + excluded.total,
        completed = k.completed + excluded.completed
), activity AS (
    INSERT INTO activity_counters AS k (user_id, bucket, created, completed)
    SELECT c.user_id, d.bucket, d.created, d.completed
    FROM c, unnest($25, $26, $27) AS d (bucket, created, completed)
    ON CONFLICT (user_id, bucket) DO UPDATE SET
        created = k.created + excluded.created,
        completed = k.completed + excluded.completed
), l AS (
    INSERT INTO changes (user_id, seq, task_id, kind, at, payload)
    SELECT c.user_id, c.seq, t.id, $13, t.updated_at, to_jsonb(t) - 'title_key' FROM c, t
)
