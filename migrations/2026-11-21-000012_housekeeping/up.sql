-- By these, what is too old is found without reading what is not. Rows come in the order of their times: an entry costs
-- little when the last page of the index is at hand.
CREATE INDEX changes_at_idx ON changes (at);
CREATE INDEX idempotency_keys_created_at_idx ON idempotency_keys (created_at);
