-- After t, the task, of which only changed what is not counted.
, c AS (
    UPDATE user_counters AS k SET seq = k.seq + 1
    FROM t WHERE k.user_id = t.user_id
    RETURNING k.user_id, k.seq
)
