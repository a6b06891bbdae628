-- What l tells the owner.
, v AS (
    UPDATE user_counters AS k SET seq = k.seq + 1
    FROM c, w WHERE k.user_id = w.user_id
    RETURNING k.user_id, k.seq
), vl AS (
    INSERT INTO changes (user_id, seq, task_id, kind, at, payload)
    SELECT v.user_id, v.seq, l.task_id, l.kind, l.at, l.payload FROM v, l
)
