-- After n, what was asked for, and t, the tasks that it led to.
, a AS (
    INSERT INTO idempotency_keys (user_id, key, request_hash, outcome)
    SELECT
        n.caller, n.key, n.request_hash, jsonb_build_object('saved', to_jsonb(t) - ARRAY['title_key', 'sharing'])
    FROM n JOIN t ON t.user_id = n.user_id
    WHERE n.key IS NOT NULL
)
