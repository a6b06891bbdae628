-- $1 to $11: the session that begins. $12: the one that ends. $13 and $14: id and secret of the second factor, as they were
-- read. $15: the step of the code.
WITH confirmed AS (
    UPDATE two_factors SET verified = true, last_step = $15, failed_verification_count = 0, locked_until = NULL
    WHERE id = $13 AND user_id = $3 AND secret = $14 AND (last_step IS NULL OR last_step < $15)
    RETURNING user_id
), enabled AS (
    UPDATE users AS u SET two_factor_enabled = true, updated_at = $5
    FROM confirmed AS c WHERE u.id = c.user_id
), untrusted AS (
    -- Another server may have left some when an earlier second factor went.
    DELETE FROM verifications AS v USING confirmed AS c
    WHERE v.identifier LIKE 'trust-device-%' AND v.value = c.user_id
), ended AS (
    DELETE FROM sessions AS s USING confirmed AS c WHERE s.id = $12 AND s.user_id = c.user_id
    RETURNING s.id
), begun AS (
    -- Not for a session that somebody else ended at this moment.
    INSERT INTO sessions (
        id, token, user_id, expires_at, created_at, updated_at, ip_address, user_agent, impersonated_by, authenticated_at, amr
    )
    SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 FROM ended
)
SELECT user_id FROM confirmed
