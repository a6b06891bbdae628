-- $1 to $3, and $13: which version of which task, of which sharing. $4 to $12: the task.
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
WHERE id = $1 AND user_id = $2 AND version = $3 AND sharing = $13
RETURNING *
