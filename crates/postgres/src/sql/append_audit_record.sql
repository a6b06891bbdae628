INSERT INTO audit_records (
    at, actor, action, target_kind, target, before, after, address, user_agent, request_id, impersonator
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
RETURNING id
