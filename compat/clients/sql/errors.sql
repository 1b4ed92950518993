DROP SCHEMA IF EXISTS errors CASCADE;
CREATE SCHEMA errors;
CREATE TABLE errors.t(n int PRIMARY KEY, m int NOT NULL CHECK (m > 0), u text UNIQUE);
INSERT INTO errors.t VALUES (1, 1, 'a');
INSERT INTO errors.t VALUES (1, 1, 'b');
INSERT INTO errors.t VALUES (2, NULL, 'b');
INSERT INTO errors.t VALUES (2, -1, 'b');
INSERT INTO errors.t VALUES (2, 1, 'a');
SELECT * FROM errors.missing;
SELECT nothing FROM errors.t;
SELEC 1;
SELECT 'unterminated
;
';
SELECT 1/0, errors.f();
SELECT 1; SELECT 1/0; SELECT 2;
SELECT 1 \; SELECT 1/0 \; SELECT 2;
CREATE TABLE errors.half(a int) \; INSERT INTO errors.half VALUES (1) \; SELECT 1/0;
SELECT * FROM errors.half;
BEGIN;
INSERT INTO errors.t VALUES (3, 3, 'c');
SAVEPOINT a;
INSERT INTO errors.t VALUES (1, 1, 'x');
SELECT 'in a failed transaction';
ROLLBACK TO a;
SAVEPOINT b;
INSERT INTO errors.t VALUES (4, 4, 'd');
RELEASE b;
ROLLBACK TO nowhere;
ROLLBACK TO a;
COMMIT;
TABLE errors.t;
BEGIN; SELECT 1/0; COMMIT;
COMMIT;
ROLLBACK;
BEGIN; BEGIN; ROLLBACK;
BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY DEFERRABLE; SHOW transaction_isolation; INSERT INTO errors.t VALUES (9, 9, 'z'); ROLLBACK;
BEGIN; SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SHOW transaction_isolation; COMMIT AND CHAIN; SHOW transaction_isolation; ROLLBACK;
BEGIN; SET LOCAL statement_timeout = 50; SELECT pg_sleep(5); ROLLBACK;
BEGIN; SET LOCAL lock_timeout = 50; SHOW lock_timeout; ROLLBACK; SHOW lock_timeout;
\set ON_ERROR_ROLLBACK on
BEGIN; INSERT INTO errors.t VALUES (5, 5, 'e'); INSERT INTO errors.t VALUES (5, 5, 'f'); INSERT INTO errors.t VALUES (6, 6, 'f'); COMMIT;
\set ON_ERROR_ROLLBACK off
\set AUTOCOMMIT off
INSERT INTO errors.t VALUES (7, 7, 'g');
ROLLBACK;
INSERT INTO errors.t VALUES (8, 8, 'h');
COMMIT;
\set AUTOCOMMIT on
TABLE errors.t;
\set VERBOSITY verbose
INSERT INTO errors.t VALUES (1, 1, 'b');
SELECT * FROM errors.missing;
\set SHOW_CONTEXT always
DO $$BEGIN PERFORM 1/0; END$$;
CREATE DATABASE postgres \; SELECT 1;
CREATE DATABASE postgres;
VACUUM errors.t \; SELECT 1;
BEGIN; VACUUM; ROLLBACK;
