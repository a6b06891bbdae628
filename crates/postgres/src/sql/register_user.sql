-- $1 to $3: id, name and wanted address, or null for none. $4: the placeholder. $5: the time.
-- No row when the id is taken. Whoever registers the same id or address at the same moment is waited for.
WITH wanted AS (
    INSERT INTO users (id, name, email, email_verified, created_at, updated_at, role, banned, two_factor_enabled)
    SELECT $1, $2, $3, false, $5, $5, 'user', false, false WHERE $3 IS NOT NULL
    ON CONFLICT DO NOTHING
    RETURNING *
), placeholder AS (
    INSERT INTO users (id, name, email, email_verified, created_at, updated_at, role, banned, two_factor_enabled)
    SELECT $1, $2, $4, false, $5, $5, 'user', false, false WHERE NOT EXISTS (SELECT FROM wanted)
    ON CONFLICT DO NOTHING
    RETURNING *
), made AS (
    SELECT * FROM wanted UNION ALL SELECT * FROM placeholder
), counters AS (
    INSERT INTO user_counters (user_id) SELECT id FROM made ON CONFLICT DO NOTHING
)
SELECT
    id, name, email, email_verified, image, role, banned, ban_reason, ban_expires, two_factor_enabled, created_at, updated_at,
    version
FROM made
