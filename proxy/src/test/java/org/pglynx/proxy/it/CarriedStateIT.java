package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.it.RawConnection.bind;
import static org.pglynx.proxy.it.RawConnection.describeStatement;
import static org.pglynx.proxy.it.RawConnection.execute;
import static org.pglynx.proxy.it.RawConnection.parse;
import static org.pglynx.proxy.it.RawConnection.query;
import static org.pglynx.proxy.it.RawConnection.sync;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What follows a client from server to server in transaction mode, and what keeps its server. */
class CarriedStateIT {
  @RegisterExtension
  static final ProxyUnderTest PROXY = ProxyUnderTest.deferring(2).general("worker_threads = 1");

  @RegisterExtension
  static final ProxyUnderTest REJECT =
      ProxyUnderTest.deferring(2).pool("on_session_state = \"reject\"");

  @BeforeAll
  static void createRole() {
    PROXY
        .postgres()
        .execute(
            "postgres",
            "DO $$ BEGIN CREATE ROLE lowly; EXCEPTION WHEN duplicate_object THEN END $$");
  }

  /** Lets the client run its next transaction on the other server of the two. */
  private static final class Elsewhere implements AutoCloseable {
    private final RawConnection other = PROXY.raw();

    Elsewhere(RawConnection client) {
      String before = client.value("SELECT pg_backend_pid()");
      other.ask("BEGIN");
      assertThat(other.value("SELECT pg_backend_pid()")).isEqualTo(before);
      assertThat(client.value("SELECT pg_backend_pid()")).isNotEqualTo(before);
    }

    @Override
    public void close() {
      other.close();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "SET statement_timeout = '4711ms' | statement_timeout | 4711ms",
        "SET my.own TO 'it''s \\ é 漢' | my.own | it's \\ é 漢",
        "SELECT set_config('App.Tenant', 'a;b', false) | app.tenant | a;b",
        "SET work_mem = '77MB' | work_mem | 77MB",
        "SET search_path = \"a b\", public | search_path | \"a b\", public",
        "BEGIN; SET lock_timeout = 4711; COMMIT | lock_timeout | 4711ms",
        "BEGIN; SET lock_timeout = 4711; ROLLBACK | lock_timeout | 0",
        "BEGIN; SET LOCAL lock_timeout = 4711; COMMIT | lock_timeout | 0",
        "BEGIN; SET lock_timeout = 1; SAVEPOINT a; SET lock_timeout = 2; ROLLBACK TO a; COMMIT"
            + " | lock_timeout | 1ms",
        "BEGIN; SET lock_timeout = 1; SET LOCAL lock_timeout = 2; COMMIT | lock_timeout | 1ms",
        "SET lock_timeout = 1; SET lock_timeout TO DEFAULT | lock_timeout | 0",
        "SET lock_timeout = 1; RESET ALL | lock_timeout | 0",
        "SET lock_timeout = 1; SELECT 1/0 | lock_timeout | 0",
        "DO $$BEGIN PERFORM set_config('lock_timeout', '9', false); END$$ | lock_timeout | 9ms",
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY | transaction_read_only | on"
      })
  void parametersFollowTheirClient(String sql, String name, String value) {
    try (RawConnection client = PROXY.raw()) {
      client.ask(sql);
      assertThat(client.value("SHOW " + name)).isEqualTo(value);
      try (Elsewhere moved = new Elsewhere(client)) {
        assertThat(client.value("SHOW " + name)).isEqualTo(value);
      }
    }
  }

  /** Postgres lists them as set by the session: behind SET, with 15 also behind AND CHAIN. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "SET transaction_isolation = 'read committed'",
        "BEGIN; SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; COMMIT AND CHAIN; ROLLBACK"
      })
  void parametersOfATransactionFollowNobody(String sql) {
    try (RawConnection client = PROXY.raw();
        RawConnection other = PROXY.raw()) {
      client.ask(sql);
      client.ask("SET lock_timeout = 4711");
      String server = client.value("SELECT pg_backend_pid()");
      other.ask("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE");
      assertThat(other.value("SELECT pg_backend_pid()")).isEqualTo(server);

      assertThat(client.value("SHOW lock_timeout")).isEqualTo("4711ms");
      assertThat(client.value("SHOW transaction_isolation")).isEqualTo("read committed");
    }
  }

  @Test
  void parametersOfTheExtendedProtocolFollowTheirClient() {
    try (RawConnection client = PROXY.raw()) {
      client.send(parse("s", "SET lock_timeout = 4711"), sync());
      client.untilReady();
      client.send(bind("", "s"), execute("", 0), sync());
      client.untilReady();
      try (Elsewhere moved = new Elsewhere(client)) {
        assertThat(client.value("SHOW lock_timeout")).isEqualTo("4711ms");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"RESET TimeZone", "SET TimeZone TO DEFAULT", "RESET ALL", "DISCARD ALL"})
  void whatIsResetIsAgainAsTheClientAskedForAtLogin(String sql) {
    Map<String, String> startup =
        Map.of("user", "postgres", "database", "app", "TimeZone", "Asia/Tokyo");
    try (RawConnection client = RawConnection.login(PROXY.port(), startup)) {
      client.ask("SET TimeZone = 'America/Lima'");
      client.ask(sql);

      assertThat(client.value("SHOW TimeZone")).isEqualTo("Asia/Tokyo");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "CREATE TEMP TABLE kept(a int) | SELECT count(*) FROM kept | DROP TABLE kept",
        "CREATE TEMP TABLE kept(a int) | SELECT count(*) FROM kept | DISCARD TEMP",
        "SELECT pg_advisory_lock(7) | SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
            + " AND pid = pg_backend_pid() | SELECT pg_advisory_unlock(7)",
        "SELECT pg_advisory_lock(7) | SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
            + " AND pid = pg_backend_pid() | SELECT pg_advisory_unlock_all()",
        "DECLARE kept CURSOR WITH HOLD FOR SELECT 1 | SELECT count(*) FROM pg_cursors | CLOSE kept",
        "PREPARE kept AS SELECT 5 | EXECUTE kept | DEALLOCATE kept",
        "PREPARE kept AS SELECT 5 | EXECUTE kept | DEALLOCATE ALL",
        "SET ROLE lowly | SELECT current_user | RESET ROLE",
        "SET SESSION AUTHORIZATION lowly | SELECT session_user | RESET SESSION AUTHORIZATION",
        "SELECT set_config(concat('x', '.y'), 'kept', false) | SHOW x.y | DISCARD ALL"
      })
  void whatCannotBeCarriedKeepsItsServerUntilItIsGone(String make, String use, String undo) {
    try (RawConnection client = PROXY.raw();
        RawConnection other = PROXY.raw()) {
      client.ask("BEGIN");
      client.ask(make);
      String pid = client.value("SELECT pg_backend_pid()");
      client.ask("COMMIT");

      for (int i = 0; i < 3; i++) {
        assertThat(other.value("SELECT pg_backend_pid()")).isNotEqualTo(pid);
        assertThat(client.ask(use)).noneMatch(shape -> shape.startsWith("E"));
        assertThat(client.value("SELECT pg_backend_pid()")).isEqualTo(pid);
      }
      client.ask(undo);
      assertFree(client);
    }
  }

  /** Both servers can be had by others: the client holds none. */
  private static void assertFree(RawConnection client) {
    client.value("SELECT 1");
    try (RawConnection one = PROXY.raw();
        RawConnection two = PROXY.raw()) {
      one.ask("BEGIN");
      two.ask("BEGIN");
      assertThat(one.value("SELECT pg_backend_pid()"))
          .isNotEqualTo(two.value("SELECT pg_backend_pid()"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "BEGIN; CREATE TEMP TABLE x(a int) ON COMMIT DROP; COMMIT",
        "BEGIN; LISTEN x; ROLLBACK",
        "BEGIN; CREATE TEMP TABLE x(a int); ROLLBACK",
        "BEGIN; DECLARE x CURSOR WITH HOLD FOR SELECT 1; ROLLBACK",
        "SELECT pg_advisory_lock(1); SELECT pg_advisory_unlock(1)",
        "BEGIN; SET LOCAL ROLE lowly; COMMIT"
      })
  void whatEndsWithItsTransactionKeepsNoServer(String sql) {
    try (RawConnection client = PROXY.raw()) {
      client.ask(sql);
      assertFree(client);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE TEMP TABLE x(a int)",
        "SELECT pg_advisory_lock(7)",
        "DECLARE x CURSOR WITH HOLD FOR SELECT 1",
        "PREPARE x AS SELECT 1",
        "SET ROLE lowly",
        "LOAD 'auto_explain'",
        "SELECT 1; LISTEN x"
      })
  void aPoolMayRefuseWhatCannotBeCarried(String sql) {
    try (RawConnection client = REJECT.raw()) {
      assertThat(client.ask(sql)).containsExactly("E:ERROR:0A000", "Z:I");
      client.send(parse("", sql), sync());
      assertThat(client.shapes(1)).containsExactly("E:ERROR:0A000", "Z:I");

      client.ask("BEGIN");
      assertThat(client.ask(sql)).containsExactly("E:ERROR:0A000", "Z:E");
      assertThat(client.ask("SELECT 1")).containsExactly("E:ERROR:25P02", "Z:E");
      client.ask("ROLLBACK");
      assertThat(client.value("SELECT 'alive'")).isEqualTo("alive");
    }
  }

  @Test
  void aClientWhoseStateIsLostWithItsServerIsToldSo() {
    try (RawConnection client = PROXY.raw()) {
      client.ask("CREATE TEMP TABLE lost(a int)");
      String pid = client.value("SELECT pg_backend_pid()");
      PROXY.onServer("SELECT pg_terminate_backend(" + pid + ")");

      List<RawConnection.Message> end = client.until('\0');
      assertThat(end.getFirst().shape()).isEqualTo("E:FATAL:57P01");
    }
  }

  @Test
  void aStatementWhosePlanIsOutdatedIsPreparedAnewForItsNextUse() {
    PROXY.onServer("CREATE TABLE changing(a int)", "INSERT INTO changing VALUES (1)");
    try (RawConnection client = PROXY.raw();
        RawConnection other = PROXY.raw()) {
      for (RawConnection each : List.of(client, other)) {
        each.send(parse("s", "SELECT * FROM changing"), bind("", "s"), execute("", 0), sync());
        assertThat(each.shapes(1)).containsExactly("1", "2", "D", "C:SELECT 1", "Z:I");
      }
      PROXY.onServer("ALTER TABLE changing ADD b int");

      client.send(bind("", "s"), execute("", 0), sync());
      assertThat(client.shapes(1)).containsExactly("E:ERROR:0A000", "Z:I");
      for (RawConnection each : List.of(client, other)) {
        each.send(bind("", "s"), execute("", 0), sync());
        assertThat(each.shapes(1)).containsExactly("2", "D", "C:SELECT 1", "Z:I");
      }
    }
  }

  @Test
  void aParameterThatTheNextServerRefusesIsToldAndNothingRunsWithoutIt() {
    PROXY.onServer(
        "CREATE TEXT SEARCH CONFIGURATION public.mine (COPY = simple)",
        "CREATE TABLE untouched(a int)");
    try (RawConnection client = PROXY.raw()) {
      client.ask("SET default_text_search_config = 'public.mine'");
      try (Elsewhere elsewhere = new Elsewhere(client)) {
        PROXY.onServer("DROP TEXT SEARCH CONFIGURATION public.mine");
        client.ask("SELECT 1");
      }
      try (RawConnection first = PROXY.raw();
          RawConnection second = PROXY.raw()) {
        first.ask("BEGIN");
        second.ask("BEGIN");
        String pids = first.value("SELECT pg_backend_pid()");
        String others = second.value("SELECT pg_backend_pid()");
        first.ask("COMMIT");
        second.ask("COMMIT");

        for (int i = 0; i < 3; i++) {
          client.send(
              query("INSERT INTO untouched VALUES (1)"),
              parse("", "INSERT INTO untouched VALUES (2)"),
              bind("", ""),
              execute("", 0),
              sync());
          assertThat(client.shapes(2))
              .containsExactly("E:ERROR:22023", "Z:I", "E:ERROR:22023", "Z:I");
        }
        assertThat(PROXY.valueOnServer("SELECT count(*) FROM untouched")).isEqualTo("0");
        first.ask("BEGIN");
        second.ask("BEGIN");
        assertThat(
                List.of(
                    first.value("SELECT pg_backend_pid()"),
                    second.value("SELECT pg_backend_pid()")))
            .containsExactlyInAnyOrder(pids, others);
      }
    }
  }

  @Test
  void theUnnamedStatementOutlivesItsServer() {
    try (RawConnection client = PROXY.raw()) {
      client.send(parse("", "SELECT 'unnamed', $1::text"), sync());
      client.untilReady();
      try (RawConnection other = PROXY.raw()) {
        other.ask("BEGIN");
        for (int i = 0; i < 2; i++) {
          client.send(bind("", "", "x"), execute("", 0), sync());
          assertThat(client.shapes(1)).containsExactly("2", "D", "C:SELECT 1", "Z:I");
        }
        client.send(describeStatement(""), sync());
        assertThat(client.shapes(1)).containsExactly("t", "T", "Z:I");
      }
      client.send(query("SELECT 1"));
      client.untilReady();
      client.send(bind("", "", "x"), sync());
      assertThat(client.shapes(1)).containsExactly("E:ERROR:26000", "Z:I");
    }
  }

  @Test
  void aTemporaryTableOfAPreparedTextIsSeenToo() {
    try (RawConnection client = PROXY.raw()) {
      client.send(parse("", "CREATE TEMP TABLE own(a int)"), bind("", ""), execute("", 0), sync());
      client.untilReady();
      assertThat(client.value("SELECT count(*) FROM own")).isEqualTo("0");
      client.ask("DISCARD ALL");
    }
  }
}
