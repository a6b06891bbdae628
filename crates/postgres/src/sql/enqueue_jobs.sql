-- $1 to $3: kinds, payloads, and from when on they may be claimed.
INSERT INTO jobs (kind, payload, not_before)
SELECT d.kind, d.payload, d.not_before FROM unnest($1, $2, $3) AS d (kind, payload, not_before)
RETURNING id
