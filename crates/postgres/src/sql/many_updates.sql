-- $1: as in one update, several, each of another owner, in the order of the owners' ids; with caller, key and fingerprint of
-- an attempt or without.
WITH n AS (
    SELECT * FROM json_to_recordset($1) AS n (
        id bigint, user_id text, made_from bigint, title text, title_key text, description text, category text,
        priority smallint, due_at timestamptz, completed_at timestamptz, version bigint, updated_at timestamptz,
        sharing bigint, kind text,
        completed_delta bigint, low_total_delta bigint, low_completed_delta bigint, medium_total_delta bigint,
        medium_completed_delta bigint, high_total_delta bigint, high_completed_delta bigint,
        category_1 text, category_1_total_delta bigint, category_1_completed_delta bigint,
        category_2 text, category_2_total_delta bigint, category_2_completed_delta bigint,
        bucket_1 timestamptz, bucket_1_delta bigint, bucket_2 timestamptz, bucket_2_delta bigint,
        caller text, key text, request_hash bytea
    )
