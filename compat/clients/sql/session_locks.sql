SELECT pg_advisory_lock(12345);
SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 12345 AND pid = pg_backend_pid();
SELECT pg_try_advisory_lock(12345);
SELECT pg_advisory_unlock(12345), pg_advisory_unlock(12345), pg_advisory_unlock(12345);
SELECT pg_advisory_lock_shared(1, 2), pg_advisory_lock_shared(1, 2);
SELECT pg_advisory_unlock_all();
SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid();
BEGIN; SELECT pg_advisory_xact_lock(777), count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid(); COMMIT;
SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid();
