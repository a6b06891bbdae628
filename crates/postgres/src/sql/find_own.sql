-- $1: the task. $2: its owner.
SELECT
    id, user_id, title, description, category, priority, due_at, completed_at, version, created_at, updated_at,
    sharing
FROM tasks
WHERE id = $1 AND user_id = $2
