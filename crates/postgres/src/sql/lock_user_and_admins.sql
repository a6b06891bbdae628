-- $1: the user. $2: whether an admin is lost. $3: what they lock who make or lose an admin.
-- That lock comes first: who takes both takes them in this order.
WITH admins AS MATERIALIZED (
    SELECT pg_advisory_xact_lock(hashtextextended($3, 0)) WHERE $2
)
SELECT id FROM users WHERE id = $1 AND (SELECT count(*) FROM admins) >= 0
FOR NO KEY UPDATE
