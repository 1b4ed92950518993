DROP SCHEMA IF EXISTS types CASCADE;
CREATE SCHEMA types;
CREATE TYPE types.mood AS ENUM ('sad', 'ok', 'happy');
CREATE TYPE types.pair AS (a int, b text);
CREATE DOMAIN types.positive AS int CHECK (VALUE > 0);
CREATE TABLE types.everything (
  id serial PRIMARY KEY, b bool, i2 smallint, i4 int, i8 bigint, f4 real, f8 double precision, n numeric(20,6),
  m money, t text, v varchar(10), c char(5), bin bytea, d date, ti time, tz timetz, ts timestamp, tstz timestamptz,
  iv interval, u uuid, ip inet, net cidr, mac macaddr, j json, jb jsonb, x xml, p point, bx box, pa path, ci circle,
  bits bit(8), vb bit varying, arr int[][], tarr text[], mood types.mood, pair types.pair, pos types.positive,
  r int4range, mr int4multirange, tsv tsvector, tsq tsquery, o oid, rc regclass, jp jsonpath, nm name);
INSERT INTO types.everything VALUES (DEFAULT, true, -32768, 2147483647, -9223372036854775808, 'NaN', 'Infinity',
  12345678901234.567891, 12.34, E'tab\there "quoted" \\ ''single'' Grüße 世界 🐘', 'varchar', 'ab', '\x00deadbeefff',
  '4713-01-01 BC', '23:59:59.999999', '01:02:03+05:30', '294276-12-31 23:59:59.999999', '2024-02-29 12:00:00+00',
  '1 year 2 mons 3 days 04:05:06.7', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '::1/64', '10.0.0.0/8',
  '08:00:2b:01:02:03', '{"a": [1, 2, {"b": null}]}', '{"z": 1, "a": [true, "ü"]}', '<a><b/></a>', '(1,2)', '(0,0),(1,1)',
  '[(0,0),(1,1)]', '<(0,0),5>', B'10101010', B'1', '{{1,2},{3,4}}', '{"a,b","c\"d",NULL,""}', 'happy', '(1,"x,y")', 5,
  '[1,10)', '{[1,2),[5,9)}', 'a fat cat', 'fat & (rat | cat)', 4294967295, 'pg_class', '$.a[*] ? (@ > 1)', 'a name');
INSERT INTO types.everything DEFAULT VALUES;
SELECT * FROM types.everything ORDER BY id;
\x on
SELECT * FROM types.everything ORDER BY id;
\x off
\pset null '(null)'
SELECT * FROM types.everything WHERE id = 2;
BEGIN; SET LOCAL extra_float_digits = 0; SELECT 1.1::float4, 0.1::float8 + 0.2;
SET LOCAL bytea_output = 'escape'; SELECT bin FROM types.everything ORDER BY id; COMMIT;
SELECT 'e'::types.mood;
INSERT INTO types.everything(pos) VALUES (-1);
INSERT INTO types.everything(v) VALUES ('longer than ten');
SELECT 2147483647 + 1;
SELECT '2024-02-30'::date;
SELECT ROW(1, 'a', NULL), ROW(), ARRAY[ROW(1,2), ROW(3,4)];
SELECT NULL, '', ' ';
SELECT 1 AS "a column", 2 AS "a column", 3 AS "Ünïcode";
SELECT;
SELECT FROM generate_series(1, 3);
\gdesc
SELECT * FROM types.everything \gdesc
\copy types.everything TO STDOUT (FORMAT csv, HEADER, FORCE_QUOTE *)
COPY types.everything TO STDOUT;
COPY (SELECT jsonb_agg(e ORDER BY id) FROM types.everything e) TO STDOUT;
