-- After t, the task, and c, its owner's counters. $14: what happened.
, l AS (
    INSERT INTO changes (user_id, seq, task_id, kind, at, payload)
    SELECT c.user_id, c.seq, t.id, $14, t.updated_at, to_jsonb(t) - ARRAY['title_key', 'sharing'] FROM c, t
    RETURNING task_id, kind, at, payload
)
