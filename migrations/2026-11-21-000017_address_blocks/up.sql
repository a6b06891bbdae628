-- Networks that nobody may come from: every instance reads those that count twice a second.
CREATE TABLE address_blocks (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- An address, or a network as in 192.0.2.0/24: always as the application writes it.
    network text NOT NULL,
    reason text,
    -- A text, not a reference: a block outlives who made it. Null when it was made after failed sign-ins.
    created_by text,
    created_at timestamptz NOT NULL,
    expires_at timestamptz
);

CREATE INDEX address_blocks_expires_at_idx ON address_blocks (expires_at);
