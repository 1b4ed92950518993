DROP SCHEMA IF EXISTS copying CASCADE;
CREATE SCHEMA copying;
CREATE TABLE copying.t(n int, t text, d date);
COPY copying.t FROM STDIN;
1	one	2024-01-01
2	\N	\N
3	tab\there\\	2024-02-29
\.
COPY copying.t FROM STDIN (FORMAT csv, HEADER, DELIMITER ';', NULL 'nil');
n;t;d
4;"quoted; ""text""
over lines";nil
5;nil;2024-12-31
\.
TABLE copying.t;
COPY copying.t(n) FROM STDIN;
6
not a number
7
\.
COPY copying.t FROM STDIN;
8	too few
\.
COPY copying.t FROM STDIN;
9	too	2024-01-01	many
\.
COPY copying.missing FROM STDIN;
COPY copying.t FROM STDIN WHERE n > 10;
10	no	\N
11	yes	\N
\.
SELECT count(*) FROM copying.t;
COPY copying.t TO STDOUT;
COPY copying.t TO STDOUT (FORMAT csv, HEADER);
COPY (SELECT n, repeat('wide', 20) FROM generate_series(1, 50) n) TO STDOUT;
COPY (SELECT 1/(3 - n) FROM generate_series(1, 5) n) TO STDOUT;
SELECT 'alive';
COPY (VALUES (1), (2)) TO STDOUT \; SELECT 'between' \; COPY (VALUES (3)) TO STDOUT;
BEGIN;
COPY copying.t FROM STDIN;
12	in a transaction	\N
\.
SAVEPOINT a;
COPY copying.t(n) FROM STDIN;
bad
\.
ROLLBACK TO a;
COMMIT;
SELECT * FROM copying.t WHERE n = 12;
COPY copying.t FROM STDIN (FORMAT nonsense);
INSERT INTO copying.t SELECT n, 'bulk', NULL FROM generate_series(100, 5099) n;
\copy (SELECT n, t FROM copying.t WHERE t = 'bulk' ORDER BY n) TO PROGRAM 'md5sum'
\copy copying.t(n) FROM PROGRAM 'seq 10000 40000'
SELECT count(*), sum(n) FROM copying.t;
\copy copying.t(n) FROM PROGRAM 'echo 1; echo x'
SELECT count(*) FROM copying.t;
