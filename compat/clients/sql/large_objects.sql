SELECT lo_unlink(oid) FROM pg_largeobject_metadata;
SELECT lo_from_bytea(777001, '\x00112233445566778899');
SELECT lo_get(777001), lo_get(777001, 2, 3);
SELECT lo_put(777001, 5, '\xffff');
SELECT lo_get(777001);
BEGIN;
SELECT lo_open(777001, x'60000'::int) AS fd \gset
SELECT lo_lseek(:fd, 3, 0), loread(:fd, 4), lo_tell(:fd);
SELECT lowrite(:fd, '\xabcd'), lo_truncate(:fd, 6), lo_close(:fd);
COMMIT;
SELECT lo_get(777001);
\lo_list
SELECT lo_get(1);
SELECT lo_unlink(777001);
