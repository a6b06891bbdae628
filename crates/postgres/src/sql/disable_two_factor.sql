-- $1 to $11: the session that begins. $12: the one that ends.
WITH ended AS (
    DELETE FROM sessions WHERE id = $12 AND user_id = $3
    RETURNING user_id
), gone AS (
    DELETE FROM two_factors AS t USING ended AS e WHERE t.user_id = e.user_id
), disabled AS (
    UPDATE users AS u SET two_factor_enabled = false, updated_at = $5
    FROM ended AS e WHERE u.id = e.user_id
), untrusted AS (
    DELETE FROM verifications AS v USING ended AS e
    WHERE v.identifier LIKE 'trust-device-%' AND v.value = e.user_id
), begun AS (
    INSERT INTO sessions (
        id, token, user_id, expires_at, created_at, updated_at, ip_address, user_agent, impersonated_by, authenticated_at, amr
    )
    SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 FROM ended
)
SELECT user_id FROM ended
