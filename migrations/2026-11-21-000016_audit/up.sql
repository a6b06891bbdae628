-- Who did what to whom. Texts, not references: a record outlives what it names.
CREATE TABLE audit_records (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    actor text,
    action text NOT NULL,
    target_kind text,
    target text,
    -- JSON, but kept as it was written: the chain hashes these bytes.
    before text,
    after text,
    address text NOT NULL,
    user_agent text NOT NULL,
    request_id text NOT NULL,
    -- The place in the chain, given once and in commit order: until then null.
    number bigint CONSTRAINT audit_records_number_key UNIQUE,
    hash bytea,
    CONSTRAINT audit_records_target CHECK ((target_kind IS NULL) = (target IS NULL)),
    CONSTRAINT audit_records_link CHECK ((number IS NULL) = (hash IS NULL))
);

CREATE INDEX audit_records_actor_idx ON audit_records (actor, id);
CREATE INDEX audit_records_action_idx ON audit_records (action, id);
CREATE INDEX audit_records_target_idx ON audit_records (target, id);
CREATE INDEX audit_records_at_idx ON audit_records (at);
CREATE INDEX audit_records_unchained_idx ON audit_records (id) WHERE number IS NULL;

-- The end of the chain: without it, records could be taken from the end unnoticed.
CREATE TABLE audit_head (
    singleton boolean PRIMARY KEY DEFAULT true CONSTRAINT audit_head_singleton CHECK (singleton),
    number bigint NOT NULL,
    hash bytea NOT NULL
);

INSERT INTO audit_head (number, hash) VALUES (0, decode(repeat('00', 32), 'hex'));

-- Against mistakes: who owns the tables can drop a trigger. Against who does, there is the chain.
CREATE FUNCTION audit_records_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.number IS NULL AND to_jsonb(NEW) - 'number' - 'hash' = to_jsonb(OLD) - 'number' - 'hash' THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'the audit log only grows' USING ERRCODE = 'integrity_constraint_violation';
END
$$;

CREATE TRIGGER audit_records_only_grow BEFORE UPDATE OR DELETE ON audit_records
    FOR EACH ROW EXECUTE FUNCTION audit_records_refuse();
CREATE TRIGGER audit_records_stay BEFORE TRUNCATE ON audit_records
    FOR EACH STATEMENT EXECUTE FUNCTION audit_records_refuse();
