-- What happened to a user's tasks, numbered by `user_counters.seq`: a reader that follows the numbers misses nothing.
CREATE TABLE changes (
    user_id text NOT NULL CONSTRAINT changes_user_id_fkey REFERENCES user_counters ON DELETE CASCADE,
    seq bigint NOT NULL,
    task_id bigint NOT NULL,
    kind text NOT NULL CONSTRAINT changes_kind CHECK (kind IN ('created', 'updated', 'completed', 'deleted')),
    at timestamptz NOT NULL,
    -- The task after the change; null when it was deleted.
    payload jsonb,
    PRIMARY KEY (user_id, seq)
);
