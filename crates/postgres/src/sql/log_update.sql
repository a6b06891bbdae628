-- After n, t, and c, the owner's counters.
, l AS (
    INSERT INTO changes (user_id, seq, task_id, kind, at, payload)
    SELECT c.user_id, c.seq, t.id, n.kind, t.updated_at, to_jsonb(t) - ARRAY['title_key', 'sharing']
    FROM c JOIN t ON t.user_id = c.user_id JOIN n ON n.user_id = c.user_id
    RETURNING task_id, kind, at, payload
)
