-- The table stays: it may be a Better Auth server's, and up.sql adopts what it finds. What such a server never makes goes.
DROP INDEX verifications_trusted_devices_idx;

ALTER TABLE two_factors DROP COLUMN last_step;
