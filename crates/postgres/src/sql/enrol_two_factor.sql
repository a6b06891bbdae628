-- $1: a new id. $2: the user. $3: the secret. $4: the backup codes.
WITH renewed AS (
    UPDATE two_factors SET
        secret = $3, backup_codes = $4, failed_verification_count = 0, locked_until = NULL, last_step = NULL
    WHERE user_id = $2 AND verified = false
    RETURNING id
), made AS (
    INSERT INTO two_factors (id, secret, backup_codes, user_id, verified, failed_verification_count)
    SELECT $1, $3, $4, $2, false, 0 WHERE NOT EXISTS (SELECT FROM two_factors WHERE user_id = $2)
    RETURNING id
)
SELECT id FROM renewed UNION ALL SELECT id FROM made
