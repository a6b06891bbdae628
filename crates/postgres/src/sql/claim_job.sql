-- $1: the time. $2: until when the claim holds. $3: the kinds that we can do.
-- What another claim is looking at is passed by: nobody waits, and nobody gets the same job.
UPDATE jobs SET attempts = attempts + 1, not_before = $2
WHERE id = (
    SELECT id FROM jobs
    WHERE buried_at IS NULL AND not_before <= $1 AND kind = ANY ($3)
    ORDER BY not_before, id
    LIMIT 1
    FOR UPDATE SKIP LOCKED
)
RETURNING id, kind, payload, attempts
