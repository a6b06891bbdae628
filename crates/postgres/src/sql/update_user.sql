-- $1: the user. $2: the name, or null for the present one. $3 and $4: whether the image changes, and to what.
-- $5 to $7: the address that is replaced, the one that takes its place and whether that is verified, or nulls. $8: the time.
UPDATE users SET
    name = coalesce($2, name),
    image = CASE WHEN $3 THEN $4 ELSE image END,
    email = coalesce($6, email),
    email_verified = coalesce($7, email_verified),
    updated_at = $8
WHERE id = $1 AND ($5 IS NULL OR email = $5)
RETURNING
    id, name, email, email_verified, image, role, banned, ban_reason, ban_expires, two_factor_enabled, created_at, updated_at,
    version
