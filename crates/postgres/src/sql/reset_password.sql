-- $1 to $11: a session, or nulls. $12: whether all others end. $13: the user. $14: the new hash. $15: the time.
-- $16: the identifier of the verification to be spent, or null where none is needed. $17: the id of the credential account,
-- if there is none yet.
-- Of two that spend one verification, the second waits for the first and finds it gone.
WITH spent AS (
    DELETE FROM verifications
    WHERE identifier = $16 AND EXISTS (SELECT FROM users WHERE id = $13) AND (
        SELECT newest.value = $13 AND newest.expires_at > $15
        FROM verifications AS newest WHERE newest.identifier = $16
        ORDER BY newest.created_at DESC LIMIT 1
    )
    RETURNING id
), allowed AS (
    SELECT id FROM spent UNION ALL SELECT id FROM users WHERE id = $13 AND $16 IS NULL
), changed AS (
    UPDATE accounts SET password = $14, updated_at = $15
    WHERE user_id = $13 AND provider_id = 'credential' AND account_id = user_id AND EXISTS (SELECT FROM allowed)
    RETURNING id
), made AS (
    INSERT INTO accounts (id, account_id, provider_id, user_id, password, created_at, updated_at)
    SELECT $17, $13, 'credential', $13, $14, $15, $15
    WHERE EXISTS (SELECT FROM allowed) AND NOT EXISTS (SELECT FROM changed)
), ended AS (
    DELETE FROM sessions WHERE user_id = $13 AND $12 AND EXISTS (SELECT FROM allowed)
), begun AS (
    INSERT INTO sessions (
        id, token, user_id, expires_at, created_at, updated_at, ip_address, user_agent, impersonated_by, authenticated_at, amr
    )
    SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 WHERE $12 AND EXISTS (SELECT FROM allowed)
)
SELECT id FROM allowed
