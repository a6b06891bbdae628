-- $1: the task. $2: its owner. $3: the versions that may be deleted, or null for any. $5: of which sharing.
-- What it counts for is only known from the row that goes.
DELETE FROM tasks
WHERE id = $1 AND user_id = $2 AND ($3 IS NULL OR version = ANY ($3)) AND sharing = $5
RETURNING id, user_id, category, priority, (completed_at IS NOT NULL)::int AS completed
