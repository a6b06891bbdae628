-- $1: the revision that the removal was made from. $2: the role. $3: how many holders are named at most.
WITH holders AS MATERIALIZED (
    SELECT id FROM users
    WHERE position($2 IN role) > 0 AND $2 IN (SELECT btrim(name) FROM unnest(string_to_array(role, ',')) AS name)
    ORDER BY id LIMIT $3
), revised AS (
    UPDATE role_revision SET revision = revision + 1
    WHERE revision = $1 AND NOT EXISTS (SELECT FROM holders)
    RETURNING revision
), removed AS (
    DELETE FROM roles WHERE name = $2 AND EXISTS (SELECT FROM revised) RETURNING name
)
SELECT EXISTS (SELECT FROM removed), ARRAY(SELECT id FROM holders ORDER BY id)
