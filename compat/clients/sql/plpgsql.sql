DROP SCHEMA IF EXISTS code CASCADE;
CREATE SCHEMA code;
CREATE TABLE code.log(id serial, what text);
CREATE TABLE code.thing(id int PRIMARY KEY, v text);
CREATE FUNCTION code.note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE NOTICE '% % on %', TG_WHEN, TG_OP, TG_TABLE_NAME;
  INSERT INTO code.log(what) VALUES (TG_OP || ' ' || COALESCE(NEW.id, OLD.id));
  RETURN COALESCE(NEW, OLD);
END$$;
CREATE TRIGGER before_row BEFORE INSERT OR UPDATE OR DELETE ON code.thing FOR EACH ROW EXECUTE FUNCTION code.note();
INSERT INTO code.thing SELECT n, 'v' || n FROM generate_series(1, 5) n;
UPDATE code.thing SET v = 'w' WHERE id % 2 = 0;
DELETE FROM code.thing WHERE id = 1 RETURNING *;
TABLE code.log;
CREATE FUNCTION code.guarded(d int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE detail text;
BEGIN
  RETURN 10 / d;
EXCEPTION WHEN division_by_zero THEN
  GET STACKED DIAGNOSTICS detail = MESSAGE_TEXT;
  RAISE WARNING 'caught %', detail USING HINT = 'do not divide by zero', DETAIL = 'd = ' || d;
  RETURN 'caught';
END$$;
SELECT code.guarded(3), code.guarded(0);
CREATE PROCEDURE code.steps(INOUT n int) LANGUAGE plpgsql AS $$
BEGIN
  FOR i IN 1..3 LOOP INSERT INTO code.log(what) VALUES ('step ' || i); IF i = 2 THEN ROLLBACK; ELSE COMMIT; END IF; END LOOP;
  n := n + 1;
END$$;
CALL code.steps(41);
SELECT what FROM code.log WHERE what LIKE 'step%' ORDER BY id;
BEGIN; CALL code.steps(1); ROLLBACK;
DO $$BEGIN RAISE EXCEPTION 'custom' USING ERRCODE = 'ZZ123', DETAIL = 'the detail', HINT = 'the hint', COLUMN = 'c', CONSTRAINT = 'k', DATATYPE = 't', TABLE = 'r', SCHEMA = 's'; END$$;
\errverbose
CREATE FUNCTION code.many(n int) RETURNS TABLE(a int, b text) LANGUAGE plpgsql AS $$
BEGIN FOR a IN 1..n LOOP b := repeat('x', a); RETURN NEXT; END LOOP; END$$;
SELECT * FROM code.many(5);
SELECT code.many(3);
DO $$BEGIN FOR i IN 1..200 LOOP RAISE NOTICE 'notice % of many', i; END LOOP; END$$;
DO $$BEGIN RAISE INFO 'an info'; RAISE LOG 'a log'; RAISE DEBUG 'a debug'; RAISE WARNING 'a warning'; END$$;
CREATE FUNCTION code.broken() RETURNS int LANGUAGE plpgsql AS $$BEGIN RETURN no_such_column; END$$;
SELECT code.broken();
CREATE FUNCTION code.recursive(n int) RETURNS int LANGUAGE sql AS 'SELECT CASE WHEN n = 0 THEN 0 ELSE 1 END';
SELECT code.recursive(3), code.recursive(0);
CREATE OR REPLACE FUNCTION code.cursor_of() RETURNS refcursor LANGUAGE plpgsql AS $$
DECLARE c refcursor := 'code_cursor'; BEGIN OPEN c FOR SELECT * FROM code.many(4); RETURN c; END$$;
BEGIN; SELECT code.cursor_of(); FETCH 2 FROM code_cursor; FETCH ALL FROM code_cursor; COMMIT;
ASSERT;
DO $$BEGIN ASSERT 1 = 2, 'asserted'; END$$;
\df code.*
\sf code.guarded
\d code.thing
