-- Work to be done after the change that it was queued with. A job that is done is removed.
CREATE TABLE jobs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    payload jsonb NOT NULL,
    -- From when on it may be claimed; while it is claimed, when the claim ends.
    not_before timestamptz NOT NULL,
    -- How often it was claimed.
    attempts integer NOT NULL DEFAULT 0,
    last_error text,
    -- When it was given up.
    buried_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE INDEX jobs_due_idx ON jobs (not_before, id) WHERE buried_at IS NULL;
