-- $1 to $11: a session, or nulls. $12 to $17: the user's id, name, address, whether it is verified, image and role.
-- $18 and $19: the credential account's id and hash; no hash, no account. $20: the time. $21 to $23: jobs.
-- $24: whether nothing happens where there is an admin. $25: the revision that roles were judged by, or null.
WITH judged AS (
    SELECT revision FROM role_revision WHERE revision = $25 FOR SHARE
), made AS (
    INSERT INTO users (
        id, name, email, email_verified, image, role, banned, two_factor_enabled, created_at, updated_at
    )
    SELECT $12, $13, $14, $15, $16, $17, false, false, $20, $20
    WHERE (NOT $24 OR NOT EXISTS (SELECT FROM users WHERE role ~ '(^|,)\s*admin\s*(,|$)'))
        AND ($25 IS NULL OR EXISTS (SELECT FROM judged))
    RETURNING id
), counters AS (
    INSERT INTO user_counters (user_id) SELECT id FROM made
), account AS (
    INSERT INTO accounts (id, account_id, provider_id, user_id, password, created_at, updated_at)
    SELECT $18, id, 'credential', id, $19, $20, $20 FROM made WHERE $19 IS NOT NULL
), begun AS (
    INSERT INTO sessions (
        id, token, user_id, expires_at, created_at, updated_at, ip_address, user_agent, impersonated_by, authenticated_at, amr
    )
    SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 FROM made WHERE $1 IS NOT NULL
), queued AS (
    INSERT INTO jobs (kind, payload, not_before)
    SELECT d.kind, d.payload, d.not_before FROM made, unnest($21, $22, $23) AS d (kind, payload, not_before)
)
SELECT id FROM made
