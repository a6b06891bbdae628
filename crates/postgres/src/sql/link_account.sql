-- $1: the account's own id. $2: the user. $3 and $4: the provider, and the user's id there. $5 and $6: a hash and a scope, or
-- nulls. $7: the time.
INSERT INTO accounts (id, account_id, provider_id, user_id, password, scope, created_at, updated_at)
SELECT $1, $4, $3, id, $5, $6, $7, $7 FROM users
WHERE id = $2 AND NOT EXISTS (SELECT FROM accounts WHERE user_id = $2 AND provider_id = $3 AND account_id = $4)
RETURNING id
