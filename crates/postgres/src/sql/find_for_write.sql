-- $1: the task. $2: who reaches for it. $3 and $4: caller and key of the attempt, or nulls. $5: for how long attempts are
-- remembered. One row in any case, so that the record is found where the task is not.
SELECT
    t.id, t.user_id, t.title, t.description, t.category, t.priority, t.due_at, t.completed_at, t.version, t.created_at,
    t.updated_at,
    t.sharing,
    CASE WHEN t.sharing > 0 THEN (
        SELECT jsonb_agg(s ORDER BY s.created_at, s.user_id) FROM task_shares AS s WHERE s.task_id = t.id
    ) END,
    k.request_hash, k.outcome
FROM (SELECT) AS one
LEFT JOIN tasks AS t ON t.id = $1 AND (
    t.user_id = $2
    OR (t.sharing > 0 AND EXISTS (SELECT FROM task_shares AS s WHERE s.task_id = t.id AND s.user_id = $2))
)
LEFT JOIN idempotency_keys AS k ON k.user_id = $3 AND k.key = $4 AND k.created_at > CURRENT_TIMESTAMP - $5
