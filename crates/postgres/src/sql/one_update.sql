-- $1 to $3, and $13: which version of which task, of which sharing. $4 to $12: the task. $14: what happened.
WITH n AS NOT MATERIALIZED (
    SELECT
        $1 AS id, $2 AS user_id, $3 AS made_from, $4 AS title, $5 AS title_key, $6 AS description, $7 AS category,
        $8 AS priority, $9 AS due_at, $10 AS completed_at, $11 AS version, $12 AS updated_at, $13 AS sharing, $14 AS kind
