-- $1 to $4: id, identifier, user and expiry. $5: the time. $6 to $8: jobs.
WITH made AS (
    INSERT INTO verifications (id, identifier, value, expires_at, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $5)
    RETURNING id
), queued AS (
    INSERT INTO jobs (kind, payload, not_before)
    SELECT d.kind, d.payload, d.not_before FROM made, unnest($6, $7, $8) AS d (kind, payload, not_before)
)
SELECT id FROM made
