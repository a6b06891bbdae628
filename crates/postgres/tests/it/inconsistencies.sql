-- What the tables say about the user $1 that their tasks, those shared with them or their change log do not say: nothing, if
-- all is well.
WITH log AS (
    SELECT seq, task_id, kind, payload FROM changes WHERE user_id = $1
), own AS (
    SELECT
        kind,
        (payload ->> 'created_at')::timestamptz AS created_at,
        (payload ->> 'completed_at')::timestamptz AS completed_at,
        lag((payload ->> 'completed_at')::timestamptz) OVER (PARTITION BY task_id ORDER BY seq) AS completed_before
    FROM log
    WHERE payload ->> 'user_id' = $1
), counted AS (
    SELECT
        (SELECT coalesce(max(seq), 0) FROM log) AS seq,
        count(*) AS total,
        count(completed_at) AS completed,
        count(*) FILTER (WHERE priority = 1) AS low_total,
        count(completed_at) FILTER (WHERE priority = 1) AS low_completed,
        count(*) FILTER (WHERE priority = 2) AS medium_total,
        count(completed_at) FILTER (WHERE priority = 2) AS medium_completed,
        count(*) FILTER (WHERE priority = 3) AS high_total,
        count(completed_at) FILTER (WHERE priority = 3) AS high_completed
    FROM tasks
    WHERE user_id = $1
), categories AS (
    SELECT category, count(*) AS total, count(completed_at) AS completed
    FROM tasks
    WHERE user_id = $1 AND category IS NOT NULL
    GROUP BY category
), moves AS (
    SELECT created_at AS at, 1 AS created, 0 AS completed FROM own WHERE kind = 'created'
    UNION ALL
    SELECT completed_at, 0, 1 FROM own
    WHERE completed_at IS NOT NULL AND completed_at IS DISTINCT FROM completed_before
    UNION ALL
    SELECT completed_before, 0, -1 FROM own
    WHERE completed_before IS NOT NULL AND completed_at IS DISTINCT FROM completed_before
), buckets AS (
    SELECT date_bin('15 minutes', at, 'epoch'::timestamptz) AS bucket, sum(created) AS created, sum(completed) AS completed
    FROM moves
    GROUP BY 1
), replayed AS (
    SELECT DISTINCT ON (task_id) task_id, payload FROM log ORDER BY task_id, seq DESC
), seen AS (
    SELECT * FROM tasks
    WHERE user_id = $1 OR id IN (SELECT task_id FROM task_shares WHERE user_id = $1)
)
SELECT format('user_counters: %s, not %s', to_jsonb(k), to_jsonb(counted)) AS what
FROM counted LEFT JOIN user_counters AS k ON k.user_id = $1
WHERE to_jsonb(k) - 'user_id' IS DISTINCT FROM to_jsonb(counted)
UNION ALL
SELECT format('changes: %s numbers up to %s', count(*), max(seq)) FROM log HAVING count(*) <> max(seq)
UNION ALL
SELECT format('category_counters: %s, not %s', to_jsonb(k), to_jsonb(c))
FROM categories AS c FULL JOIN (SELECT * FROM category_counters WHERE user_id = $1) AS k USING (category)
WHERE (coalesce(c.total, 0), coalesce(c.completed, 0)) <> (coalesce(k.total, 0), coalesce(k.completed, 0))
UNION ALL
SELECT format('activity_counters: %s, not %s', to_jsonb(k), to_jsonb(b))
FROM buckets AS b FULL JOIN (SELECT * FROM activity_counters WHERE user_id = $1) AS k USING (bucket)
WHERE (coalesce(b.created, 0), coalesce(b.completed, 0)) <> (coalesce(k.created, 0), coalesce(k.completed, 0))
UNION ALL
SELECT format('replayed: %s, not %s', r.payload, to_jsonb(t))
FROM replayed AS r FULL JOIN seen AS t ON t.id = r.task_id
WHERE r.payload IS DISTINCT FROM to_jsonb(t) - ARRAY['title_key', 'sharing']
