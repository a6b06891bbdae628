DROP INDEX idempotency_keys_created_at_idx;
DROP INDEX changes_at_idx;
