-- $1: the task. $2: who reaches for it. Of tasks that were never shared, nobody looks for shares.
SELECT
    t.id, t.user_id, t.title, t.description, t.category, t.priority, t.due_at, t.completed_at, t.version, t.created_at,
    t.updated_at
FROM tasks AS t
WHERE t.id = $1 AND (
    t.user_id = $2
    OR (t.sharing > 0 AND EXISTS (SELECT FROM task_shares AS s WHERE s.task_id = t.id AND s.user_id = $2))
)
