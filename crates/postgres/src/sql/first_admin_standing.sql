-- $1: an address. Whether there is an admin, and the user with this address. Who has it is looked at first: when they are
-- an admin, as they are at every start but the first, nobody else is.
WITH named AS MATERIALIZED (SELECT * FROM users WHERE email = $1)
SELECT
    CASE
        WHEN EXISTS (SELECT FROM named WHERE role ~ '(^|,)\s*admin\s*(,|$)') THEN true
        ELSE EXISTS (SELECT FROM users WHERE role ~ '(^|,)\s*admin\s*(,|$)')
    END,
    id, name, email, email_verified, image, role, banned, ban_reason, ban_expires, two_factor_enabled, created_at, updated_at,
    version
FROM (VALUES (true)) AS always LEFT JOIN named ON true
