DROP SCHEMA IF EXISTS described CASCADE;
CREATE SCHEMA described;
CREATE TABLE described.parent(id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text COLLATE "C" NOT NULL DEFAULT 'x', g int GENERATED ALWAYS AS (length(name)) STORED);
CREATE TABLE described.child(id int REFERENCES described.parent ON DELETE CASCADE, k int, EXCLUDE USING btree (k WITH =));
CREATE TABLE described.part(n int, d date) PARTITION BY RANGE (n);
CREATE TABLE described.part_1 PARTITION OF described.part FOR VALUES FROM (0) TO (10);
CREATE TABLE described.part_rest PARTITION OF described.part DEFAULT;
CREATE INDEX partial ON described.child (k DESC NULLS LAST) INCLUDE (id) WHERE k > 0;
CREATE VIEW described.v AS SELECT id, upper(name) AS loud FROM described.parent;
CREATE MATERIALIZED VIEW described.mv AS SELECT * FROM described.v WITH NO DATA;
CREATE SEQUENCE described.seq INCREMENT 7 CYCLE MAXVALUE 100;
CREATE TYPE described.e AS ENUM ('a', 'b');
CREATE RULE quiet AS ON DELETE TO described.v DO INSTEAD NOTHING;
CREATE POLICY mine ON described.parent USING (name = current_user);
ALTER TABLE described.parent ENABLE ROW LEVEL SECURITY;
COMMENT ON TABLE described.parent IS 'a comment';
CREATE STATISTICS described.st ON id, k FROM described.child;
CREATE PUBLICATION described_pub FOR TABLE described.parent;
DROP PUBLICATION described_pub;
GRANT SELECT ON described.v TO PUBLIC;
\d described.*
\d+ described.parent
\d+ described.v
\dt described.*
\di+ described.partial
\ds described.*
\dv described.*
\dm described.*
\dT+ described.*
\dn+ described
\dp described.*
\dx
\du
\df pg_catalog.abs
\do +
\dC int4
\da pg_catalog.sum
\dL
\des
\db
\dF
\dO described.*
\sv described.v
\l postgres
\z described.v
\drds
\conninfo-like
\encoding
\encoding LATIN1
SHOW client_encoding;
\encoding UTF8
\timing off
\z nothing.here
\d nothing.here
SELECT nspname, relname, relkind FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = 'described' ORDER BY 1, 2;
SELECT table_name, column_name, data_type, is_generated FROM information_schema.columns WHERE table_schema = 'described' ORDER BY 1, 2;
