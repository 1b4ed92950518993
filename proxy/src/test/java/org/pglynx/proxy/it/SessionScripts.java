package org.pglynx.proxy.it;

import static org.pglynx.proxy.it.RawConnection.bind;
import static org.pglynx.proxy.it.RawConnection.closeStatement;
import static org.pglynx.proxy.it.RawConnection.describeStatement;
import static org.pglynx.proxy.it.RawConnection.execute;
import static org.pglynx.proxy.it.RawConnection.parse;
import static org.pglynx.proxy.it.RawConnection.query;
import static org.pglynx.proxy.it.RawConnection.sync;
import static org.pglynx.proxy.it.WireScripts.once;
import static org.pglynx.proxy.it.WireScripts.script;
import static org.pglynx.proxy.it.WireScripts.until;

import java.util.ArrayList;
import java.util.List;
import org.pglynx.proxy.it.WireScripts.Script;

/** Scripts whose statements leave something in the session, or need what earlier ones left. */
final class SessionScripts {
  private SessionScripts() {}

  static List<Script> all() {
    List<Script> all = new ArrayList<>();
    all.addAll(sqlNames());
    all.addAll(mixedNames());
    all.addAll(deallocations());
    all.addAll(unnamed());
    all.addAll(settings());
    all.addAll(kept());
    all.addAll(transactions());
    return all;
  }

  /** Transactions whose BEGIN comes alone. */
  private static List<Script> transactions() {
    return List.of(
        script(
            "a transaction without a statement",
            once(query("BEGIN")),
            once(query("COMMIT")),
            once(query("START TRANSACTION READ ONLY;")),
            once(query("ROLLBACK WORK")),
            once(query("begin isolation level repeatable read")),
            once(sync()),
            once(query("end"))),
        script(
            "a transaction begun twice",
            once(query("BEGIN")),
            once(query("BEGIN")),
            once(query("SHOW transaction_isolation")),
            once(query("COMMIT")),
            once(query("COMMIT"))),
        script(
            "a transaction's modes",
            once(query("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")),
            once(query("SHOW transaction_isolation")),
            once(query("INSERT INTO numbers VALUES (1)")),
            once(query("SELECT 1")),
            once(query("COMMIT"))),
        script(
            "modes that are none",
            once(query("BEGIN READ")),
            once(query("BEGIN READ ONLY,")),
            once(query("START WORK"))),
        script(
            "a transaction whose first statement fails",
            once(query("BEGIN")),
            once(query("SELECT 1/0")),
            once(query("SELECT 1")),
            once(query("COMMIT")),
            once(query("SELECT 1"))),
        script(
            "a transaction whose first message is a batch",
            once(query("BEGIN")),
            once(parse("", "SELECT 1"), bind("", ""), execute("", 0), sync()),
            once(query("COMMIT AND CHAIN")),
            once(query("ROLLBACK"))),
        script(
            "a transaction whose first batch fails",
            once(query("BEGIN")),
            once(parse("", "SELEC"), bind("", ""), execute("", 0), sync()),
            once(sync()),
            once(query("ROLLBACK"))),
        script(
            "a statement that no transaction may hold",
            once(query("BEGIN")),
            once(query("VACUUM")),
            once(query("ROLLBACK"))),
        script(
            "an empty query as the first statement",
            once(query("BEGIN")),
            once(query("")),
            once(query("SAVEPOINT a")),
            once(query("ROLLBACK TO a")),
            once(query("COMMIT"))),
        script(
            "statements without waiting behind a begin that was waited for",
            once(query("BEGIN")),
            until("ZZZ", query("SELECT 1/0"), query("SELECT 2"), query("COMMIT")),
            once(query("BEGIN")),
            until("ZZZ", query("SELECT 1"), query("SELECT 2"), query("COMMIT"))),
        script(
            "an unnamed statement of before the transaction",
            once(parse("", "SELECT 7"), sync()),
            once(query("BEGIN")),
            once(bind("", ""), execute("", 0), sync()),
            once(query("COMMIT"))));
  }

  private static List<Script> sqlNames() {
    return List.of(
        script(
            "prepared and executed by SQL",
            once(query("PREPARE q(int) AS SELECT $1")),
            once(query("EXECUTE q(1)")),
            once(query("EXPLAIN (COSTS off) EXECUTE q(2)")),
            once(query("DEALLOCATE q")),
            once(query("EXECUTE q(1)"))),
        script(
            "prepared twice by SQL",
            once(query("PREPARE q AS SELECT 1")),
            once(query("PREPARE q AS SELECT 2")),
            once(query("EXECUTE q"))),
        script(
            "prepared in a transaction that is rolled back",
            once(query("BEGIN")),
            once(query("PREPARE q AS SELECT 1")),
            once(query("ROLLBACK")),
            once(query("EXECUTE q"))),
        script("executed but not prepared", once(query("EXECUTE nothing"))),
        script("deallocated but not prepared", once(query("DEALLOCATE nothing"))),
        script(
            "several statements with names",
            once(query("PREPARE a AS SELECT 1; EXECUTE a; DEALLOCATE a; EXECUTE a; SELECT 2"))),
        script(
            "a name in an aborted transaction",
            once(parse("s", "SELECT 1"), sync()),
            once(query("BEGIN")),
            once(query("SELECT 1/0")),
            once(query("EXECUTE s")),
            once(query("DEALLOCATE s")),
            once(query("ROLLBACK")),
            once(bind("", "s"), execute("", 0), sync())),
        script(
            "names in the extended protocol",
            once(parse("", "PREPARE q AS SELECT 1"), bind("", ""), execute("", 0), sync()),
            once(parse("", "EXECUTE q"), bind("", ""), execute("", 0), sync()),
            once(parse("", "DEALLOCATE q"), bind("", ""), execute("", 0), sync()),
            once(parse("", "DEALLOCATE q"), bind("", ""), execute("", 0), sync())));
  }

  private static List<Script> mixedNames() {
    return List.of(
        script(
            "parsed, executed by SQL",
            once(parse("s", "SELECT $1::int + 1"), sync()),
            once(query("EXECUTE s(1)")),
            once(query("EXPLAIN (COSTS off) EXECUTE s(2)")),
            once(query("CREATE TEMP TABLE made AS EXECUTE s(3)")),
            once(query("SELECT * FROM made"))),
        script(
            "parsed with a name in capitals, executed by SQL",
            once(parse("S_1", "SELECT 1"), sync()),
            once(query("EXECUTE S_1")),
            once(query("EXECUTE \"S_1\""))),
        script(
            "parsed, executed by SQL of the extended protocol",
            once(parse("s", "SELECT 1"), sync()),
            once(parse("", "EXECUTE s"), bind("", ""), execute("", 0), sync()),
            once(parse("t", "EXECUTE s"), describeStatement("t"), sync()),
            once(bind("", "t"), execute("", 0), sync())),
        script(
            "prepared by SQL, used by the protocol",
            once(query("PREPARE q AS SELECT 1")),
            once(bind("", "q"), execute("", 0), sync()),
            once(describeStatement("q"), sync()),
            once(closeStatement("q"), sync()),
            once(bind("", "q"), sync())),
        script(
            "prepared by SQL and used by the protocol in one transaction",
            once(query("BEGIN")),
            once(query("PREPARE q AS SELECT 1")),
            once(bind("", "q"), execute("", 0), sync()),
            once(query("COMMIT"))),
        script(
            "a name of SQL parsed again",
            once(query("PREPARE q AS SELECT 1")),
            once(parse("q", "SELECT 2"), sync()),
            once(query("EXECUTE q"))),
        script(
            "a name of the protocol prepared again",
            once(parse("q", "SELECT 2"), sync()),
            once(query("PREPARE q AS SELECT 1")),
            once(bind("", "q"), execute("", 0), sync())));
  }

  private static List<Script> deallocations() {
    return List.of(
        script(
            "parsed, deallocated by SQL, parsed again",
            once(parse("s", "SELECT 1"), sync()),
            once(query("DEALLOCATE s")),
            once(bind("", "s"), sync()),
            once(parse("s", "SELECT 'other'"), bind("", "s"), execute("", 0), sync())),
        script(
            "deallocated and parsed again in one pipeline",
            once(parse("s", "SELECT 1"), sync()),
            until("ZZ", query("DEALLOCATE s"), parse("s", "SELECT 2"), bind("", "s"), sync())),
        script(
            "deallocated in the extended protocol",
            once(parse("s", "SELECT 1"), sync()),
            once(parse("", "DEALLOCATE s"), bind("", ""), execute("", 0), sync()),
            once(bind("", "s"), sync())),
        script(
            "deallocated twice in one text",
            once(parse("s", "SELECT 1"), sync()),
            once(query("DEALLOCATE s; DEALLOCATE s")),
            once(bind("", "s"), sync())),
        script(
            "deallocated in a transaction that is rolled back",
            once(parse("s", "SELECT 1"), sync()),
            once(query("BEGIN; DEALLOCATE s; ROLLBACK")),
            once(bind("", "s"), sync())),
        script(
            "not deallocated behind an error",
            once(parse("s", "SELECT 1"), sync()),
            once(query("SELECT 1/0; DEALLOCATE s")),
            once(bind("", "s"), execute("", 0), sync())),
        script(
            "all deallocated",
            once(parse("s", "SELECT 1"), sync()),
            once(query("PREPARE q AS SELECT 1")),
            once(query("DEALLOCATE ALL")),
            once(bind("", "s"), sync()),
            once(query("EXECUTE q"))),
        script(
            "all deallocated and parsed again in one pipeline",
            once(parse("s", "SELECT 1"), sync()),
            until("ZZ", query("DEALLOCATE ALL"), parse("s", "SELECT 2"), bind("", "s"), sync())),
        script(
            "all deallocated in the extended protocol",
            once(parse("s", "SELECT 1"), sync()),
            once(parse("", "DEALLOCATE ALL"), bind("", ""), execute("", 0), sync()),
            once(bind("", "s"), sync())),
        script(
            "all discarded",
            once(parse("s", "SELECT 1"), sync()),
            once(query("SET TimeZone = 'Asia/Tokyo'")),
            once(query("DISCARD ALL")),
            once(bind("", "s"), sync())),
        script("discarded in a transaction", once(query("BEGIN")), once(query("DISCARD ALL"))));
  }

  private static List<Script> unnamed() {
    return List.of(
        script(
            "unnamed, bound after Sync, twice",
            once(parse("", "SELECT 1"), sync()),
            once(describeStatement(""), sync()),
            once(bind("", ""), execute("", 0), sync()),
            once(bind("", ""), execute("", 0), sync())),
        script(
            "unnamed, behind a query",
            once(parse("", "SELECT 1"), sync()),
            once(query("SELECT 2")),
            once(bind("", ""), sync())),
        script(
            "unnamed, behind a named one that fails",
            once(parse("", "SELECT 1"), sync()),
            once(parse("n", "SELEC"), sync()),
            once(bind("", ""), execute("", 0), sync())),
        script(
            "unnamed, closed",
            once(parse("", "SELECT 1"), sync()),
            once(closeStatement(""), sync()),
            once(bind("", ""), sync())),
        script(
            "unnamed, its table dropped",
            once(query("CREATE TABLE gone(a int)")),
            once(parse("", "SELECT a FROM gone"), sync()),
            once(parse("drop", "DROP TABLE gone"), bind("", "drop"), execute("", 0), sync()),
            once(bind("", ""), execute("", 0), sync())),
        script(
            "a portal of some rows, gone with its transaction",
            once(
                parse("", "SELECT * FROM generate_series(1, 9)"),
                bind("p", ""),
                execute("p", 2),
                sync()),
            once(execute("p", 2), sync())),
        script(
            "a portal of some rows, in a transaction",
            once(query("BEGIN")),
            once(
                parse("", "SELECT * FROM generate_series(1, 5)"),
                bind("p", ""),
                execute("p", 2),
                sync()),
            once(execute("p", 2), sync()),
            once(execute("p", 2), sync()),
            once(query("COMMIT")),
            once(execute("p", 2), sync())));
  }

  private static List<Script> settings() {
    return List.of(
        script(
            "set and shown",
            once(query("SET statement_timeout = 12345")),
            once(query("SELECT 1 WHERE current_setting('statement_timeout') = '12345ms'")),
            once(query("RESET statement_timeout")),
            once(query("SELECT 1 WHERE current_setting('statement_timeout') = '0'"))),
        script(
            "a reported parameter, set in a transaction that is rolled back",
            once(query("BEGIN")),
            once(query("SET application_name = 'x'")),
            once(query("SELECT 1 WHERE current_setting('application_name') = 'x'")),
            once(query("ROLLBACK")),
            once(query("SELECT 1 WHERE current_setting('application_name') <> 'x'"))),
        script(
            "set local",
            once(query("BEGIN")),
            once(query("SET LOCAL TimeZone = 'Asia/Tokyo'")),
            once(query("COMMIT")),
            once(query("SELECT 1 WHERE current_setting('TimeZone') = 'Asia/Tokyo'"))),
        script(
            "set by a function",
            once(query("SELECT set_config('my.own', 'x', false)")),
            once(query("SELECT 1 WHERE current_setting('my.own', true) = 'x'"))),
        script("set to nonsense", once(query("SET work_mem = 'nonsense'"))),
        script("set local outside of a transaction", once(query("SET LOCAL work_mem = '1MB'"))));
  }

  private static List<Script> kept() {
    return List.of(
        script(
            "a temporary table",
            once(query("CREATE TEMP TABLE mine(a int)")),
            once(query("INSERT INTO mine VALUES (1)")),
            once(query("SELECT * FROM mine")),
            once(query("DISCARD TEMP")),
            once(query("SELECT * FROM mine"))),
        script(
            "a cursor with hold",
            once(query("DECLARE c CURSOR WITH HOLD FOR SELECT * FROM generate_series(1, 3)")),
            once(query("FETCH 2 FROM c")),
            once(query("FETCH 2 FROM c")),
            once(query("CLOSE c")),
            once(query("FETCH 2 FROM c"))),
        script(
            "an advisory lock",
            once(query("SELECT pg_advisory_lock(4711)")),
            once(query("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711")),
            once(query("SELECT pg_advisory_unlock(4711)")),
            once(query("SELECT pg_advisory_unlock(4711)"))),
        script(
            "a notification of one's own",
            once(query("LISTEN own")),
            once(query("NOTIFY own, 'x'")),
            once(query("UNLISTEN own")),
            once(query("NOTIFY own, 'y'"))),
        script(
            "channels of a transaction",
            once(query("LISTEN a")),
            once(query("BEGIN")),
            once(query("NOTIFY a, 'held'")),
            once(query("LISTEN b")),
            once(query("UNLISTEN a")),
            once(query("ROLLBACK")),
            once(query("NOTIFY a, 'heard'")),
            once(query("NOTIFY b, 'not heard'")),
            once(query("BEGIN")),
            once(query("SAVEPOINT s")),
            once(query("UNLISTEN *")),
            once(query("ROLLBACK TO s")),
            once(query("COMMIT")),
            once(query("SELECT pg_notify('a', 'heard')")),
            once(query("BEGIN")),
            once(query("UNLISTEN *")),
            once(query("COMMIT")),
            once(query("NOTIFY a, 'not heard'"))),
        script(
            "a channel in the extended protocol",
            once(parse("l", "LISTEN a"), describeStatement("l"), sync()),
            once(bind("", "l"), execute("", 0), sync()),
            once(parse("n", "NOTIFY a"), bind("", "n"), execute("", 0), sync()),
            once(parse("", "UNLISTEN *"), bind("", ""), execute("", 0), sync()),
            once(bind("", "n"), execute("", 0), sync())),
        script(
            "channels in a pipeline",
            until(
                "ZZZZ",
                query("LISTEN a"),
                query("NOTIFY a"),
                query("UNLISTEN a"),
                query("NOTIFY a"))),
        script(
            "two phases and a channel",
            once(query("BEGIN")),
            once(query("LISTEN a")),
            once(query("PREPARE TRANSACTION 'x'")),
            once(query("ROLLBACK"))),
        script(
            "another role",
            once(query("SET ROLE pg_monitor")),
            once(query("SELECT 1 WHERE current_user = 'pg_monitor'")),
            once(query("RESET ROLE")),
            once(query("SELECT 1 WHERE current_user = 'pg_monitor'"))));
  }
}
