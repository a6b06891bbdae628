-- $1: the revision that the change was made from. $2 to $8: the role.
WITH revised AS (
    UPDATE role_revision SET revision = revision + 1 WHERE revision = $1 RETURNING revision
)
INSERT INTO roles AS r (name, description, permissions, inherits, version, created_at, updated_at)
SELECT $2, $3, $4, $5, $6, $7, $8 FROM revised
ON CONFLICT (name) DO UPDATE SET
    description = excluded.description,
    permissions = excluded.permissions,
    inherits = excluded.inherits,
    version = excluded.version,
    updated_at = excluded.updated_at
RETURNING r.name
