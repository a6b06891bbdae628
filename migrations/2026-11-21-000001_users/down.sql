-- The table stays: it may be a Better Auth server's, and up.sql adopts what it finds.
SELECT 1;
