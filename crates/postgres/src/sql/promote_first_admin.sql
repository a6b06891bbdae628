-- $1: the user. $2: their roles. $3: the time.
UPDATE users SET role = $2, updated_at = $3
WHERE id = $1 AND NOT EXISTS (SELECT FROM users WHERE role ~ '(^|,)\s*admin\s*(,|$)')
RETURNING id
