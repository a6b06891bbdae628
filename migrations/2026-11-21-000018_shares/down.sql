-- Logs that tell of other users' tasks keep what they tell of them.
ALTER TABLE changes DROP CONSTRAINT changes_kind;
ALTER TABLE changes ADD CONSTRAINT changes_kind
    CHECK (kind IN ('created', 'updated', 'completed', 'deleted')) NOT VALID;

DROP TRIGGER users_shares_end ON users;
DROP FUNCTION end_shares_of_user();
DROP TRIGGER tasks_shares_end ON tasks;
DROP FUNCTION end_shares_of_task();
DROP TABLE task_shares;
ALTER TABLE tasks DROP COLUMN sharing;
