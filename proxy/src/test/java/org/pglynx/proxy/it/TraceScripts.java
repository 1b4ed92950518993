package org.pglynx.proxy.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.pglynx.proxy.it.RawConnection.bind;
import static org.pglynx.proxy.it.RawConnection.closePortal;
import static org.pglynx.proxy.it.RawConnection.closeStatement;
import static org.pglynx.proxy.it.RawConnection.copyData;
import static org.pglynx.proxy.it.RawConnection.copyDone;
import static org.pglynx.proxy.it.RawConnection.copyFail;
import static org.pglynx.proxy.it.RawConnection.cstring;
import static org.pglynx.proxy.it.RawConnection.describePortal;
import static org.pglynx.proxy.it.RawConnection.describeStatement;
import static org.pglynx.proxy.it.RawConnection.execute;
import static org.pglynx.proxy.it.RawConnection.flush;
import static org.pglynx.proxy.it.RawConnection.frame;
import static org.pglynx.proxy.it.RawConnection.int16;
import static org.pglynx.proxy.it.RawConnection.int32;
import static org.pglynx.proxy.it.RawConnection.join;
import static org.pglynx.proxy.it.RawConnection.parse;
import static org.pglynx.proxy.it.RawConnection.query;
import static org.pglynx.proxy.it.RawConnection.sync;
import static org.pglynx.proxy.it.WireScripts.once;
import static org.pglynx.proxy.it.WireScripts.script;
import static org.pglynx.proxy.it.WireScripts.until;

import java.util.ArrayList;
import java.util.List;
import org.pglynx.proxy.it.WireScripts.Script;

/** Scripts into the corners of the protocol, whose replies are compared byte by byte. */
final class TraceScripts {
  private static final byte[] NO_BYTES = {};

  private TraceScripts() {}

  static List<Script> all() {
    List<Script> all = new ArrayList<>();
    all.addAll(portals());
    all.addAll(cursors());
    all.addAll(binds());
    all.addAll(texts());
    all.addAll(copies());
    all.addAll(transactions());
    all.addAll(notices());
    all.addAll(functions());
    all.addAll(pipelines());
    all.addAll(sizes());
    return all;
  }

  /** A Bind with all its parts: formats, values (null is NULL), formats of the results. */
  private static byte[] bindAll(int[] formats, byte[][] values, int[] results) {
    byte[] body = join(cstring(""), cstring(""), int16(formats.length));
    for (int format : formats) {
      body = join(body, int16(format));
    }
    body = join(body, int16(values.length));
    for (byte[] value : values) {
      body = join(body, int32(value.length), value);
    }
    body = join(body, int16(results.length));
    for (int result : results) {
      body = join(body, int16(result));
    }
    return frame('B', body);
  }

  private static int[] formats(int... formats) {
    return formats;
  }

  private static byte[][] values(byte[]... values) {
    return values;
  }

  private static List<Script> portals() {
    String five = "SELECT generate_series(1, 5)";
    return List.of(
        script(
            "a suspended portal over syncs, then closed",
            once(query("BEGIN")),
            once(parse("", five), bind("p", ""), execute("p", 2), sync()),
            once(execute("p", 2), closePortal("p"), sync()),
            once(execute("p", 2), sync()),
            once(query("ROLLBACK"))),
        script(
            "two portals in turn",
            once(query("BEGIN")),
            once(parse("", five), bind("p", ""), bind("q", ""), sync()),
            once(execute("p", 1), execute("q", 2), execute("p", 1), execute("q", 0), sync()),
            once(execute("p", 0), execute("q", 1), sync()),
            once(query("COMMIT"))),
        script(
            "a suspended portal behind an error",
            once(query("BEGIN")),
            once(parse("", five), bind("p", ""), execute("p", 2), sync()),
            once(query("SELECT 1/0")),
            once(execute("p", 2), sync()),
            once(query("ROLLBACK"))),
        script(
            "a suspended portal over a savepoint",
            once(query("BEGIN")),
            once(parse("", five), bind("p", ""), execute("p", 2), sync()),
            once(query("SAVEPOINT a")),
            once(query("SELECT 1/0")),
            once(query("ROLLBACK TO a")),
            once(execute("p", 2), sync()),
            once(query("COMMIT"))),
        script(
            "a portal run to its end and again",
            once(parse("", five), bind("p", ""), execute("p", 0), execute("p", 0), sync())),
        script(
            "a portal of INSERT run twice",
            once(
                parse("", "INSERT INTO numbers VALUES (1)"),
                bind("p", ""),
                execute("p", 0),
                execute("p", 0),
                sync())),
        script(
            "RETURNING in pieces",
            once(query("BEGIN")),
            once(
                parse("", "INSERT INTO numbers SELECT generate_series(1, 3) RETURNING n"),
                bind("", ""),
                describePortal(""),
                execute("", 2),
                execute("", 2),
                sync()),
            once(query("ROLLBACK"))),
        script(
            "a utility statement in pieces",
            once(
                parse("", "SHOW DateStyle"), bind("", ""), execute("", 1), execute("", 1), sync())),
        script(
            "a limit below zero",
            once(parse("", five), bind("", ""), execute("", -1), execute("", 1), sync())),
        script(
            "a close of the unnamed portal",
            once(parse("", five), bind("", ""), closePortal(""), execute("", 0), sync())),
        script(
            "a statement closed under its portal",
            once(parse("s", five), bind("p", "s"), closeStatement("s"), execute("p", 0), sync())),
        script(
            "a portal that a query destroys",
            once(query("BEGIN")),
            once(parse("", five), bind("", ""), execute("", 2), sync()),
            once(query("SELECT 1")),
            once(execute("", 2), sync()),
            once(query("COMMIT"))));
  }

  private static List<Script> cursors() {
    return List.of(
        script(
            "a cursor of SQL as a portal",
            once(query("BEGIN; DECLARE k CURSOR FOR SELECT generate_series(1, 5) AS n")),
            once(describePortal("k"), execute("k", 2), sync()),
            once(query("FETCH 1 FROM k")),
            once(execute("k", 1), closePortal("k"), sync()),
            once(query("FETCH 1 FROM k")),
            once(query("ROLLBACK"))),
        script(
            "a portal as a cursor of SQL",
            once(query("BEGIN")),
            once(parse("", "SELECT generate_series(1, 5)"), bind("k", ""), execute("k", 2), sync()),
            once(query("FETCH 2 FROM k; CLOSE k")),
            once(execute("k", 1), sync()),
            once(query("ROLLBACK"))),
        script(
            "a scrolling cursor",
            once(query("BEGIN; DECLARE k SCROLL CURSOR FOR VALUES (1), (2), (3)")),
            once(query("FETCH LAST FROM k; FETCH BACKWARD 1 FROM k; MOVE ABSOLUTE 0 IN k")),
            once(
                parse("", "FETCH ALL FROM k"),
                bind("", ""),
                execute("", 2),
                execute("", 2),
                sync()),
            once(query("COMMIT"))),
        script("a cursor outside of a transaction", once(query("DECLARE k CURSOR FOR SELECT 1"))));
  }

  private static List<Script> binds() {
    byte[] seven = int32(7);
    byte[] text = "7".getBytes(UTF_8);
    byte[] one = parse("", "SELECT $1::int, $1::int + 1");
    byte[] two = parse("", "SELECT $1::int, $2::text");
    byte[] rest = join(describePortal(""), execute("", 0), sync());
    return List.of(
        script(
            "binary in and out", once(one, bindAll(formats(1), values(seven), formats(1)), rest)),
        script(
            "mixed formats",
            once(two, bindAll(formats(1, 0), values(seven, text), formats(0, 1)), rest)),
        script(
            "a format for each of none",
            once(two, bindAll(formats(1, 0, 0), values(seven, text), formats()), rest)),
        script(
            "formats of results for each of none",
            once(one, bindAll(formats(), values(text), formats(1, 1, 1)), rest)),
        script("an unknown format", once(one, bindAll(formats(7), values(text), formats()), rest)),
        script(
            "an unknown format of a result",
            once(one, bindAll(formats(), values(text), formats(7)), rest)),
        script("too few values", once(two, bindAll(formats(), values(text), formats()), rest)),
        script(
            "too many values", once(one, bindAll(formats(), values(text, text), formats()), rest)),
        script(
            "a binary value of the wrong length",
            once(one, bindAll(formats(1), values(text), formats()), rest)),
        script(
            "an empty value",
            once(two, bindAll(formats(), values(text, NO_BYTES), formats()), rest)),
        script(
            "NULL",
            once(
                two,
                frame(
                    'B',
                    cstring(""),
                    cstring(""),
                    int16(0),
                    int16(2),
                    int32(-1),
                    int32(-1),
                    int16(0)),
                rest)),
        script(
            "a count of values below zero",
            once(one, frame('B', cstring(""), cstring(""), int16(0), int16(-1), int16(0)), rest)),
        script(
            "a count of formats beyond the message",
            once(one, frame('B', cstring(""), cstring(""), int16(9)), rest)),
        script(
            "a count of values beyond the message",
            once(one, frame('B', cstring(""), cstring(""), int16(0), int16(9), int32(1)), rest)),
        script(
            "a count of result formats beyond the message",
            once(
                one,
                frame('B', cstring(""), cstring(""), int16(0), int16(1), int32(1), text, int16(9)),
                rest)),
        script(
            "types given and left open",
            once(parse("", "SELECT $1, $2, $3", 23, 0, 25), describeStatement(""), sync())),
        script("an unknown type", once(parse("", "SELECT $1", 999_999), sync())),
        script(
            "a parameter that no statement can have",
            once(parse("", "SELECT $70000::int"), sync())),
        script(
            "a parameter of no type",
            once(parse("", "SELECT $1 IS NULL"), describeStatement(""), sync())),
        script(
            "an unknown statement with values",
            once(bind("", "no such statement", "1", "2"), rest)));
  }

  private static List<Script> texts() {
    String longName = "n".repeat(200);
    String odd = "a \"b\" 'c' \\ \u00e4";
    return List.of(
        script(
            "a long name",
            once(parse(longName, "SELECT 1"), sync()),
            once(bind("", longName), execute("", 0), sync()),
            once(parse(longName, "SELECT 2"), sync()),
            once(bind("", longName + "n"), sync())),
        script(
            "an odd name",
            once(parse(odd, "SELECT 1"), sync()),
            once(parse(odd, "SELECT 1"), sync()),
            once(closeStatement(odd), bind("", odd), sync())),
        script(
            "bytes that are no UTF-8",
            once(frame('Q', "SELECT '\u00e4'".getBytes(ISO_8859_1), new byte[1])),
            once(
                frame(
                    'P',
                    new byte[1],
                    "SELECT '\u00ff'".getBytes(ISO_8859_1),
                    new byte[1],
                    int16(0)),
                sync())),
        script(
            "another encoding",
            once(query("SET client_encoding = 'LATIN1'")),
            once(frame('Q', "SELECT '\u00e4'".getBytes(ISO_8859_1), new byte[1])),
            once(query("RESET client_encoding")),
            once(query("SELECT '\u00e4'"))),
        script(
            "an error with a position in another script", once(query("SELECT '\u00e4', nowhere"))),
        script(
            "an error with all its fields",
            once(
                query(
                    "DO $$BEGIN RAISE EXCEPTION 'm' USING DETAIL = 'd', HINT = 'h', ERRCODE ="
                        + " 'P0042', COLUMN = 'c', CONSTRAINT = 'n', DATATYPE = 't', TABLE = 'b',"
                        + " SCHEMA = 's'; END$$"))),
        script(
            "statements of nothing",
            once(query(";;;")),
            once(query("/* c */ ; -- d")),
            once(query(" "))),
        script("an empty one among others", once(query("SELECT 1;; SELECT 2;"))),
        script("several in the extended protocol", once(parse("", "SELECT 1; SELECT 2"), sync())),
        script(
            "results of all kinds",
            once(
                query(
                    "VALUES (1, 'a', NULL, true, 1.5, '2001-01-01'::date, '{1,2}'::int[],"
                        + " '\\x00'::bytea, '{\"a\":1}'::json)"))),
        script(
            "tags of all kinds",
            once(
                query(
                    "CREATE TABLE tagged(a int); INSERT INTO tagged VALUES (1), (2); UPDATE tagged"
                        + " SET a = 3; DELETE FROM tagged; MERGE INTO tagged USING (VALUES (1))"
                        + " v(b) ON a = b WHEN NOT MATCHED THEN INSERT VALUES (b); TRUNCATE tagged;"
                        + " CREATE TABLE tagged2 AS SELECT 1; DROP TABLE tagged, tagged2"))),
        script("an EXPLAIN", once(query("EXPLAIN (COSTS off) SELECT 1"))),
        script(
            "no column", once(query("SELECT")), once(query("SELECT FROM generate_series(1, 3)"))),
        script(
            "a statement that is given up",
            once(query("SET statement_timeout = 50")),
            once(query("SELECT pg_sleep(5)")),
            once(query("RESET statement_timeout"))));
  }

  private static List<Script> copies() {
    byte[] header = join("PGCOPY\n\u00ff\r\n\0".getBytes(ISO_8859_1), int32(0), int32(0));
    byte[] row = join(int16(1), int32(4), int32(7));
    byte[] into = query("COPY numbers FROM STDIN (FORMAT binary)");
    return List.of(
        script(
            "binary copy out",
            once(query("COPY (SELECT 1, NULL::text, 'x') TO STDOUT (FORMAT binary)"))),
        script(
            "binary copy in",
            once(query("BEGIN")),
            until("G", into),
            once(frame('d', header, row), frame('d', row, int16(-1)), copyDone()),
            once(query("SELECT n FROM numbers ORDER BY n; ROLLBACK"))),
        script(
            "binary copy in, cut in odd places",
            until("G", into),
            once(
                frame('d', new byte[] {'P'}),
                frame('d', "GCOPY\n\u00ff\r\n\0".getBytes(ISO_8859_1)),
                frame('d', int32(0), int32(0), row),
                frame('d', int16(-1)),
                copyDone())),
        script(
            "binary copy in without its header",
            until("G", into),
            once(frame('d', row), copyDone())),
        script(
            "binary copy in without its end",
            until("G", into),
            once(frame('d', header, row), copyDone())),
        script("a copy in of nothing", once(query("COPY numbers FROM STDIN"), copyDone())),
        script(
            "a copy in with empty messages",
            once(
                query("COPY numbers FROM STDIN"),
                frame('d'),
                copyData("1\n"),
                frame('d'),
                copyDone())),
        script(
            "a copy in of CSV",
            once(
                query("COPY numbers FROM STDIN (FORMAT csv, HEADER)"),
                copyData("n\n\"5\"\n"),
                copyDone())),
        script(
            "a copy in that fails in a transaction",
            once(query("BEGIN; SAVEPOINT a")),
            once(query("COPY numbers FROM STDIN"), copyData("1\n"), copyFail("enough")),
            once(query("ROLLBACK TO a; SELECT 1")),
            once(query("COMMIT"))),
        script(
            "a copy in among statements",
            once(
                query("SELECT 1; COPY numbers FROM STDIN; SELECT 2"), copyData("1\n"), copyDone())),
        script(
            "a copy in that fails among statements",
            once(query("SELECT 1; COPY numbers FROM STDIN; SELECT 2"), copyFail("no"))),
        script(
            "two copies in in one text",
            once(
                query("COPY numbers FROM STDIN; COPY numbers FROM STDIN"),
                copyData("1\n"),
                copyDone(),
                copyData("2\n"),
                copyDone())),
        script(
            "copies out in one text",
            once(query("COPY (SELECT 1) TO STDOUT; COPY (SELECT 2) TO STDOUT"))),
        script(
            "copies out in a pipeline",
            until(
                "ZZ",
                parse("", "COPY (SELECT 1) TO STDOUT"),
                bind("", ""),
                describePortal(""),
                execute("", 0),
                sync(),
                query("COPY (SELECT 2) TO STDOUT"))),
        script(
            "a copy in and a statement behind it in one batch",
            until(
                "Z",
                parse("", "COPY numbers FROM STDIN"),
                bind("", ""),
                execute("", 0),
                copyData("3\n"),
                copyDone(),
                parse("", "SELECT 1"),
                bind("", ""),
                execute("", 0),
                sync())),
        script(
            "a failing copy in and a statement behind it in one batch",
            until(
                "Z",
                parse("", "COPY numbers FROM STDIN"),
                bind("", ""),
                execute("", 0),
                copyFail("no"),
                parse("", "SELECT 1"),
                bind("", ""),
                execute("", 0),
                sync())));
  }

  private static List<Script> transactions() {
    return List.of(
        script(
            "a chain",
            once(query("BEGIN")),
            once(query("COMMIT AND CHAIN")),
            once(query("ROLLBACK AND CHAIN")),
            once(query("COMMIT"))),
        script("a chain outside", once(query("COMMIT AND CHAIN"))),
        script(
            "warnings",
            once(query("COMMIT")),
            once(query("ROLLBACK")),
            once(query("BEGIN; BEGIN")),
            once(query("ROLLBACK"))),
        script(
            "read only",
            once(query("BEGIN READ ONLY")),
            once(query("INSERT INTO numbers VALUES (1)")),
            once(query("ROLLBACK"))),
        script(
            "isolation",
            once(
                query(
                    "BEGIN ISOLATION LEVEL SERIALIZABLE, READ ONLY, DEFERRABLE; SHOW"
                        + " transaction_isolation")),
            once(query("COMMIT"))),
        script(
            "set behind a query",
            once(query("BEGIN; SELECT 1; SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")),
            once(query("ROLLBACK"))),
        script(
            "nested savepoints",
            once(query("BEGIN; SAVEPOINT a; SAVEPOINT b; SAVEPOINT a")),
            once(query("RELEASE a; ROLLBACK TO b; RELEASE a")),
            once(query("RELEASE a")),
            once(query("ROLLBACK"))),
        script(
            "savepoints without a transaction",
            once(query("SAVEPOINT a")),
            once(query("RELEASE a")),
            once(query("ROLLBACK TO a")),
            once(query("SAVEPOINT a; SELECT 1"))),
        script(
            "an implicit block with a commit",
            once(query("INSERT INTO numbers VALUES (1); COMMIT; SELECT 1/0")),
            once(query("BEGIN; SELECT 1; COMMIT; SELECT 2"))),
        script(
            "an implicit block that begins",
            once(query("SELECT 1; BEGIN; SELECT 2")),
            once(query("COMMIT"))),
        script(
            "an error amid a block in one text",
            once(query("BEGIN; SELECT 1/0; COMMIT")),
            once(query("SELECT 1")),
            once(query("COMMIT"))),
        script(
            "a transaction in one batch",
            once(
                parse("", "BEGIN"),
                bind("", ""),
                execute("", 0),
                parse("", "SELECT 1"),
                bind("", ""),
                execute("", 0),
                parse("", "COMMIT"),
                bind("", ""),
                execute("", 0),
                sync())),
        script(
            "a transaction begun in a batch",
            once(parse("", "BEGIN"), bind("", ""), execute("", 0), sync()),
            once(parse("", "SELECT 1/0"), bind("", ""), execute("", 0), sync()),
            once(parse("", "SELECT 1"), sync()),
            once(parse("", "ROLLBACK"), bind("", ""), execute("", 0), sync())),
        script(
            "a commit amid a batch",
            once(
                parse("", "INSERT INTO numbers VALUES (2)"),
                bind("", ""),
                execute("", 0),
                parse("", "COMMIT"),
                bind("", ""),
                execute("", 0),
                parse("", "SELECT 1/0"),
                bind("", ""),
                execute("", 0),
                sync())),
        script(
            "two phases",
            once(query("BEGIN")),
            once(query("PREPARE TRANSACTION 'x'")),
            once(query("COMMIT PREPARED 'x'"))),
        script(
            "a procedure that commits",
            once(
                query(
                    "DO $$BEGIN INSERT INTO numbers VALUES (3); COMMIT; RAISE NOTICE 'on';"
                        + " ROLLBACK; END$$")),
            once(query("BEGIN")),
            once(query("DO $$BEGIN COMMIT; END$$")),
            once(query("ROLLBACK"))));
  }

  private static List<Script> notices() {
    return List.of(
        script(
            "notices of all levels",
            once(
                query(
                    "DO $$BEGIN RAISE DEBUG 'd'; RAISE LOG 'l'; RAISE INFO 'i'; RAISE NOTICE 'n'"
                        + " USING HINT = 'h', DETAIL = 'd'; RAISE WARNING 'w' USING ERRCODE ="
                        + " '01234'; END$$"))),
        script(
            "notices amid a batch",
            once(
                parse("", "DO $$BEGIN RAISE NOTICE 'n'; END$$"),
                bind("", ""),
                execute("", 0),
                execute("", 0),
                parse("", "SELECT 1"),
                bind("", ""),
                execute("", 0),
                sync())),
        script(
            "notices behind which an error comes",
            once(query("DO $$BEGIN RAISE NOTICE 'n'; PERFORM 1/0; END$$"))),
        script(
            "fewer notices",
            once(query("SET client_min_messages = error")),
            once(query("DROP TABLE IF EXISTS none")),
            once(query("RESET client_min_messages")),
            once(query("DROP TABLE IF EXISTS none"))),
        script(
            "a notification in a transaction",
            once(query("LISTEN t")),
            once(query("BEGIN; NOTIFY t, 'a'; NOTIFY t, 'b'; NOTIFY t, 'a'")),
            once(query("COMMIT")),
            once(query("UNLISTEN *"))),
        script(
            "a notification that is rolled back",
            once(query("LISTEN t")),
            once(query("BEGIN; NOTIFY t, 'a'")),
            once(query("ROLLBACK")),
            once(query("UNLISTEN t"))),
        script(
            "a notification in a batch",
            once(query("LISTEN t")),
            once(
                parse("", "NOTIFY t, 'x'"),
                bind("", ""),
                execute("", 0),
                parse("", "SELECT 1"),
                bind("", ""),
                execute("", 0),
                sync()),
            once(query("UNLISTEN t"))),
        script(
            "a notification by a function",
            once(query("LISTEN t")),
            once(query("SELECT pg_notify('t', 'f'); SELECT pg_listening_channels()")),
            once(query("UNLISTEN t"))),
        script(
            "reported parameters",
            once(
                query(
                    "SET TimeZone = 'Asia/Tokyo'; SET DateStyle = 'German'; SET IntervalStyle ="
                        + " 'iso_8601'")),
            once(query("BEGIN; SET TimeZone = 'UTC'; SET application_name = 'x'")),
            once(query("ROLLBACK")),
            once(query("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")),
            once(query("SHOW default_transaction_read_only; RESET default_transaction_read_only")),
            once(
                query(
                    "SET extra_float_digits = 0; SET standard_conforming_strings = off; SELECT"
                        + " 'a\\'b'")),
            once(
                query(
                    "RESET standard_conforming_strings; RESET extra_float_digits; RESET TimeZone;"
                        + " RESET DateStyle; RESET IntervalStyle"))));
  }

  private static byte[] call(int oid, byte[] formats, byte[] arguments, int result) {
    return frame('F', int32(oid), formats, arguments, int16(result));
  }

  private static byte[] argument(byte[] value) {
    return join(int32(value.length), value);
  }

  private static List<Script> functions() {
    byte[] text = "abc".getBytes(UTF_8);
    byte[] none = int16(0);
    int oid = 7_777_777;
    byte[] id = argument(int32(oid));
    byte[] all = join(int16(1), int16(1));
    return List.of(
        script(
            "a call of two values",
            once(call(1258, none, join(int16(2), argument(text), argument(text)), 0))),
        script(
            "a call in binary",
            once(call(177, all, join(int16(2), argument(int32(2)), argument(int32(3))), 1))),
        script(
            "a call with NULL",
            once(call(1258, none, join(int16(2), int32(-1), argument(text)), 0))),
        script(
            "a call with too few values",
            once(call(1258, none, join(int16(1), argument(text)), 0))),
        script(
            "a call with a wrong format",
            once(
                call(
                    1258,
                    join(int16(1), int16(7)),
                    join(int16(2), argument(text), argument(text)),
                    0))),
        script("a call cut short", once(frame('F', int32(1258), none, int16(2), int32(3)))),
        script(
            "a call in a transaction",
            once(query("BEGIN")),
            once(call(1258, none, join(int16(2), argument(text), argument(text)), 0)),
            once(query("SELECT 1/0")),
            once(call(1258, none, join(int16(2), argument(text), argument(text)), 0)),
            once(query("ROLLBACK"))),
        script(
            "a call amid a pipeline",
            until(
                "ZZZ",
                query("SELECT 1"),
                call(1258, none, join(int16(2), argument(text), argument(text)), 0),
                query("SELECT 2"))),
        script("a call of a function that may not be called", once(call(2, none, int16(0), 0))),
        script(
            "a large object by calls",
            once(query("BEGIN")),
            once(call(715, all, join(int16(1), id), 1)),
            once(call(952, all, join(int16(2), id, argument(int32(0x60000))), 1)),
            once(
                call(
                    955,
                    join(int16(2), int16(1), int16(1)),
                    join(int16(2), argument(int32(0)), argument(text)),
                    1)),
            once(
                call(
                    956,
                    all,
                    join(int16(3), argument(int32(0)), argument(int32(0)), argument(int32(0))),
                    1)),
            once(call(954, all, join(int16(2), argument(int32(0)), argument(int32(10))), 1)),
            once(call(953, all, join(int16(1), argument(int32(0))), 1)),
            once(call(964, all, join(int16(1), id), 1)),
            once(query("COMMIT"))),
        script(
            "a large object by SQL",
            once(
                query(
                    "BEGIN; SELECT lo_from_bytea(7777778, '\\x616263'); SELECT lo_get(7777778);"
                        + " SELECT lo_unlink(7777778)")),
            once(query("ROLLBACK")),
            once(query("SELECT lo_get(7777778)"))));
  }

  private static List<Script> pipelines() {
    byte[] good = join(parse("", "SELECT 'g'"), bind("", ""), execute("", 0));
    byte[] bad = join(parse("", "SELECT 'x'::int"), bind("", ""), execute("", 0));
    return List.of(
        script(
            "errors of all kinds in a pipeline",
            until(
                "ZZZZZZZ",
                good,
                sync(),
                bad,
                good,
                sync(),
                bind("", "none"),
                sync(),
                parse("", "SELEC"),
                good,
                sync(),
                execute("nowhere", 0),
                good,
                sync(),
                query("SELECT 1; SELECT 1/0; SELECT 2"),
                good,
                sync())),
        script(
            "a describe behind an error",
            once(bad, describeStatement(""), describePortal(""), closePortal(""), flush(), sync())),
        script(
            "a flush behind an error", until("E", bad, flush()), once(good, flush(), good, sync())),
        script(
            "flushes amid a batch",
            until("C", good, flush()),
            until("C", flush(), good, flush()),
            once(flush(), sync())),
        script(
            "an error in a transaction in a pipeline",
            until(
                "ZZZZZ",
                query("BEGIN"),
                good,
                sync(),
                bad,
                sync(),
                good,
                sync(),
                query("ROLLBACK"))),
        script(
            "names used in the batch that makes them",
            until(
                "ZZ",
                parse("a", "SELECT 'a'"),
                bind("p", "a"),
                describePortal("p"),
                closeStatement("a"),
                execute("p", 0),
                parse("a", "SELECT 'b'"),
                describeStatement("a"),
                sync(),
                bind("", "a"),
                execute("", 0),
                closeStatement("a"),
                sync())),
        script(
            "names behind a failed batch",
            until(
                "ZZ",
                parse("a", "SELECT 'a'"),
                bad,
                parse("b", "SELECT 'b'"),
                sync(),
                describeStatement("a"),
                describeStatement("b"),
                sync()),
            once(closeStatement("a"), closeStatement("b"), sync())),
        script(
            "a query behind an error without a sync",
            until("Z", bad, query("SELECT 1"), sync()),
            once(good, sync())),
        script(
            "a pipeline of plans",
            until(
                "ZZZ",
                parse("a", "SELECT $1::int"),
                bind("", "a", "1"),
                execute("", 0),
                sync(),
                bind("", "a", "bad"),
                execute("", 0),
                sync(),
                bind("", "a", "2"),
                describePortal(""),
                execute("", 0),
                closeStatement("a"),
                sync())),
        script(
            "prepared by SQL in a pipeline",
            until(
                "ZZZZ",
                query("PREPARE q(int) AS SELECT $1 + 1"),
                query("EXECUTE q(1)"),
                query("DEALLOCATE q"),
                query("EXECUTE q(2)"))),
        script(
            "discarded in a pipeline",
            until(
                "ZZZ",
                parse("a", "SELECT 1"),
                sync(),
                query("DISCARD ALL"),
                bind("", "a"),
                sync())));
  }

  private static List<Script> sizes() {
    String columns = "1" + ", 1".repeat(1_599);
    return List.of(
        script("a long text", once(query("SELECT length('" + "x".repeat(300_000) + "')"))),
        script("a long row", once(query("SELECT repeat('y', 300000)"))),
        script(
            "a long value",
            once(
                parse("", "SELECT length($1)"),
                bind("", "", "z".repeat(300_000)),
                execute("", 0),
                sync())),
        script(
            "many columns",
            once(query("SELECT " + columns)),
            once(query("SELECT " + columns + ", 1".repeat(200)))),
        script(
            "many rows", once(query("SELECT i, repeat('r', 50) FROM generate_series(1, 3000) i"))),
        script(
            "a long error",
            once(query("DO $$BEGIN RAISE EXCEPTION '%', repeat('e', 100000); END$$"))),
        script(
            "a long notice",
            once(query("DO $$BEGIN RAISE NOTICE '%', repeat('e', 100000); END$$"))),
        script("many statements", once(query("SELECT 1;".repeat(500)))));
  }
}
