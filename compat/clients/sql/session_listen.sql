LISTEN news;
NOTIFY news, 'first';
SELECT pg_notify('news', 'second');
BEGIN; NOTIFY news, 'third'; NOTIFY news, 'third'; NOTIFY other, 'unheard'; COMMIT;
BEGIN; NOTIFY news, 'rolled back'; ROLLBACK;
SELECT pg_listening_channels();
UNLISTEN news;
NOTIFY news, 'not heard';
SELECT 'end';
