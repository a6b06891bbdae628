-- By these, what is too old is found without reading what is not. The log only grows at its end: a range of pages has a
-- range of times, and an index of ranges costs its writers nothing.
CREATE INDEX changes_at_idx ON changes USING brin (at) WITH (autosummarize = on);
CREATE INDEX idempotency_keys_created_at_idx ON idempotency_keys (created_at);
