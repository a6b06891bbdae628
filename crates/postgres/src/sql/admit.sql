-- $1: the second factor. $2 and $3: identifiers of the sign-in that waits and of its count of tries, or nulls. $4: the time.
-- $5 and $6: how many tries a sign-in has, and how many wrong ones in a row lock the second factor. $7: until when.
WITH tried AS (
    UPDATE verifications SET value = (value::integer + 1)::text, updated_at = $4
    WHERE identifier = $3 AND expires_at > $4
        AND CASE WHEN value ~ '^[0-9]{1,4}$' THEN value::integer < $5 ELSE false END
    RETURNING id
), void AS (
    DELETE FROM verifications WHERE identifier = $2 AND NOT EXISTS (SELECT FROM tried)
), counted AS (
    -- After a lock that is over, the count begins anew.
    UPDATE two_factors SET
        failed_verification_count = CASE WHEN locked_until IS NULL THEN coalesce(failed_verification_count, 0) ELSE 0 END + 1,
        locked_until = CASE WHEN locked_until IS NULL AND coalesce(failed_verification_count, 0) + 1 >= $6 THEN $7 END
    WHERE id = $1 AND (locked_until IS NULL OR locked_until <= $4) AND ($2 IS NULL OR EXISTS (SELECT FROM tried))
    RETURNING id
)
SELECT $2 IS NULL OR EXISTS (SELECT FROM tried), EXISTS (SELECT FROM counted)
