-- $1: the number that the chain ends with. $2 and $3: the end after this. $4 to $6: ids, numbers and hashes.
-- The end first: of two that go on from the same one, the second finds another.
WITH head AS (
    UPDATE audit_head SET number = $2, hash = $3 WHERE number = $1 RETURNING number
), chained AS (
    UPDATE audit_records AS r SET number = d.number, hash = d.hash
    FROM head, unnest($4, $5, $6) AS d (id, number, hash)
    WHERE r.id = d.id
)
SELECT number FROM head
