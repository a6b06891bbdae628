-- $1: the task. $2: with whom it is shared.
SELECT
    t.id, t.user_id, t.title, t.description, t.category, t.priority, t.due_at, t.completed_at, t.version, t.created_at,
    t.updated_at
FROM task_shares AS s
JOIN tasks AS t ON t.id = s.task_id
WHERE s.task_id = $1 AND s.user_id = $2
