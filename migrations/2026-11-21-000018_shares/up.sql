-- Grows with every grant, change of access and revocation. Who writes a task names the number together with those whom the
-- task is shared with: a write that waited for the task sees its newest row, but `task_shares` as of its own beginning.
ALTER TABLE tasks ADD COLUMN sharing bigint NOT NULL DEFAULT 0;

CREATE TABLE task_shares (
    -- Without a reference, which would be looked after at every deletion of any task: the trigger below looks after it.
    task_id bigint NOT NULL,
    -- Not `users`, on purpose: who is told of changes has the row that numbers them.
    user_id text NOT NULL CONSTRAINT task_shares_user_id_fkey REFERENCES user_counters ON DELETE CASCADE,
    access text NOT NULL CONSTRAINT task_shares_access CHECK (access IN ('view', 'edit')),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (task_id, user_id)
);

CREATE INDEX task_shares_user_id_idx ON task_shares (user_id, task_id);

CREATE FUNCTION end_shares_of_task() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    DELETE FROM task_shares WHERE task_id = OLD.id;
    RETURN NULL;
END
$$;

CREATE TRIGGER tasks_shares_end
    AFTER DELETE ON tasks FOR EACH ROW
    WHEN (OLD.sharing > 0)
    EXECUTE FUNCTION end_shares_of_task();

-- Whoever deletes a user (a Better Auth server that shares this database may): what was shared with them counts as shared
-- anew, and those with whom they shared something are told that it is gone.
CREATE FUNCTION end_shares_of_user() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    -- As in every write of a shared task: the tasks first, then the counters in the order of ids.
    PERFORM FROM tasks
    WHERE id IN (
        SELECT s.task_id FROM task_shares AS s WHERE s.user_id = OLD.id
        UNION ALL
        SELECT o.id FROM tasks AS o WHERE o.user_id = OLD.id
    )
    ORDER BY id
    FOR UPDATE;

    UPDATE tasks SET sharing = sharing + 1
    WHERE id IN (SELECT s.task_id FROM task_shares AS s WHERE s.user_id = OLD.id);

    WITH ended AS (
        DELETE FROM task_shares AS s USING tasks AS t
        WHERE t.id = s.task_id AND t.user_id = OLD.id
        RETURNING s.user_id, s.task_id
    ), c AS (
        INSERT INTO user_counters AS k (user_id, seq)
        SELECT e.user_id, count(*) FROM ended AS e GROUP BY e.user_id ORDER BY e.user_id
        ON CONFLICT (user_id) DO UPDATE SET seq = k.seq + excluded.seq
        RETURNING k.user_id, k.seq
    )
    INSERT INTO changes (user_id, seq, task_id, kind, at)
    SELECT
        c.user_id,
        c.seq + 1 - row_number() OVER (PARTITION BY c.user_id ORDER BY e.task_id DESC),
        e.task_id,
        'deleted',
        date_trunc('milliseconds', CURRENT_TIMESTAMP)
    FROM c JOIN ended AS e ON e.user_id = c.user_id;

    RETURN OLD;
END
$$;

CREATE TRIGGER users_shares_end
    BEFORE DELETE ON users FOR EACH ROW
    EXECUTE FUNCTION end_shares_of_user();

ALTER TABLE changes DROP CONSTRAINT changes_kind;
-- NOT VALID spares the look at every row: what was allowed before is allowed still.
ALTER TABLE changes ADD CONSTRAINT changes_kind
    CHECK (kind IN ('created', 'updated', 'completed', 'deleted', 'shared', 'unshared')) NOT VALID;
