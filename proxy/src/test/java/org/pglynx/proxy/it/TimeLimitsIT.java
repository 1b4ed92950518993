package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What takes too long is ended; the server goes on with the next client, on the same connection,
 * and nothing is left at work there.
 */
class TimeLimitsIT {
  @RegisterExtension static final ProxyUnderTest QUERY = onOneLoop().user("query_timeout = 1500");

  @RegisterExtension
  static final ProxyUnderTest QUERY_IN_SESSIONS =
      onOneLoopInSessions().pool("query_timeout = 1500");

  @RegisterExtension
  static final ProxyUnderTest HASTY = ProxyUnderTest.transactionMode(2).user("query_timeout = 40");

  /** Long enough for a slow machine to get as far as computing. */
  @RegisterExtension
  static final ProxyUnderTest TRAINING = onOneLoop().pool("query_timeout = 8000");

  @RegisterExtension
  static final ProxyUnderTest TRANSACTION = onOneLoop().pool("transaction_timeout = 1500");

  @RegisterExtension
  static final ProxyUnderTest IDLE_IN_TRANSACTION =
      onOneLoop().general("idle_client_in_transaction_timeout = 1000");

  @RegisterExtension
  static final ProxyUnderTest IDLE_IN_SESSIONS =
      onOneLoopInSessions().user("idle_transaction_timeout = 1000");

  @RegisterExtension
  static final ProxyUnderTest IDLE = onOneLoop().general("client_idle_timeout = 1000");

  @RegisterExtension
  static final ProxyUnderTest STATEMENT = onOneLoop().user("statement_timeout = 1500");

  private static final List<ProxyUnderTest> ALL =
      List.of(
          QUERY,
          QUERY_IN_SESSIONS,
          TRANSACTION,
          IDLE_IN_TRANSACTION,
          IDLE_IN_SESSIONS,
          IDLE,
          STATEMENT);

  /** On one loop no connection is on its way to another one when the test looks. */
  private static ProxyUnderTest onOneLoop() {
    return ProxyUnderTest.transactionMode(1).general("worker_threads = 1");
  }

  private static ProxyUnderTest onOneLoopInSessions() {
    return ProxyUnderTest.sessionMode(1).general("worker_threads = 1");
  }

  @BeforeAll
  static void createTables() {
    ALL.forEach(proxy -> proxy.onServer("CREATE TABLE t(n int)"));
    QUERY.onServer(
        "CREATE VIEW slow_rows AS SELECT i AS a, i::real AS y, pg_sleep(0.05)::text::varchar <> 'x'"
            + " AS b FROM generate_series(1, 2000) i");
    TRAINING.onServer(
        "CREATE TABLE many_rows AS SELECT random() AS a, random() AS b, random() AS c, random() AS"
            + " d, random() AS y FROM generate_series(1, 20000)");
  }

  @AfterEach
  void nothingIsLeftAtWork() {
    for (ProxyUnderTest proxy : ALL) {
      Eventually.equal(() -> proxy.serverProcesses("active"), 0);
      Eventually.equal(() -> proxy.serverProcesses("idle in%"), 0);
    }
  }

  /** The process that serves the next client, which finds nothing of the last one. */
  private static String nextClientsProcess(ProxyUnderTest proxy) {
    try (RawConnection next = proxy.raw()) {
      assertThat(next.value("SELECT count(*) FROM t")).isEqualTo("0");
      assertThat(next.ask("SELECT pg_sleep(0.2)")).containsExactly("T", "D", "C:SELECT 1", "Z:I");
      return next.value("SELECT pg_backend_pid()");
    }
  }

  private static String process(RawConnection connection) {
    return connection.value("SELECT pg_backend_pid()");
  }

  private static void endsWith(RawConnection client, String code, String message) {
    RawConnection.Message error = client.until('E').getLast();
    assertThat(error.shape()).isEqualTo("E:FATAL:" + code);
    assertThat(error.field('M')).isEqualTo(message);
    assertThat(client.next().tag()).as("the end of the connection").isEqualTo('\0');
  }

  // ---- query_timeout -------------------------------------------------------------------------

  @Test
  void aStatementIsCancelledAndItsSessionAndServerGoOn_pgcat_25() {
    try (RawConnection client = QUERY.raw()) {
      String process = process(client);
      client.send(RawConnection.query("SELECT pg_sleep(60)"));

      RawConnection.Message error = client.until('E').getLast();
      assertThat(error.shape()).isEqualTo("E:ERROR:57014");
      assertThat(error.field('M')).isEqualTo("canceling statement due to query timeout");
      assertThat(error.field('R')).as("the server's other fields").isEqualTo("ProcessInterrupts");
      assertThat(client.shapes(1)).containsExactly("Z:I");
      assertThat(QUERY.serverProcesses("active")).isZero();
      assertThat(client.value("SELECT 'alive'")).isEqualTo("alive");
      assertThat(nextClientsProcess(QUERY)).isEqualTo(process);
    }
  }

  @Test
  void withinATransactionItFailsTheTransaction() {
    try (RawConnection client = QUERY.raw()) {
      String process = process(client);
      client.ask("BEGIN");
      client.ask("INSERT INTO t VALUES (1)");

      assertThat(client.ask("SELECT pg_sleep(60)")).endsWith("E:ERROR:57014", "Z:E");
      assertThat(client.ask("SELECT 1")).containsExactly("E:ERROR:25P02", "Z:E");
      assertThat(client.ask("ROLLBACK")).containsExactly("C:ROLLBACK", "Z:I");
      assertThat(nextClientsProcess(QUERY)).isEqualTo(process);
    }
  }

  @Test
  void withSessionPoolingItIsTheSame() {
    String process;
    try (RawConnection client = QUERY_IN_SESSIONS.raw()) {
      process = process(client);
      assertThat(client.ask("SELECT pg_sleep(60)")).endsWith("E:ERROR:57014", "Z:I");
      assertThat(process(client)).isEqualTo(process);
    }
    assertThat(nextClientsProcess(QUERY_IN_SESSIONS)).isEqualTo(process);
  }

  @Test
  void aPipelineMayTakeLongerThanEachOfItsStatements() {
    byte[] nap = RawConnection.query("SELECT pg_sleep(0.4)");
    try (RawConnection client = QUERY.raw()) {
      client.send(nap, nap, nap, nap, nap, nap);

      assertThat(client.shapes(6)).filteredOn("C:SELECT 1"::equals).hasSize(6);
    }
  }

  @Test
  void theStatementOfABatchThatTakesTooLongEndsTheBatchAndNotTheNext() {
    try (RawConnection client = QUERY.raw()) {
      client.send(
          RawConnection.parse("", "SELECT pg_sleep($1::float8)"),
          RawConnection.bind("", "", "0.1"),
          RawConnection.execute("", 0),
          RawConnection.bind("", "", "60"),
          RawConnection.execute("", 0),
          RawConnection.bind("", "", "61"),
          RawConnection.execute("", 0),
          RawConnection.sync(),
          RawConnection.query("SELECT 'next'"));

      assertThat(client.shapes(2))
          .containsExactly(
              "1",
              "2",
              "D",
              "C:SELECT 1",
              "2",
              "E:ERROR:57014",
              "Z:I",
              "T",
              "D",
              "C:SELECT 1",
              "Z:I");
    }
  }

  @Test
  void aCopyWhoseDataDoesNotComeIsFailed() {
    try (RawConnection client = QUERY.raw()) {
      String process = process(client);
      client.send(RawConnection.query("COPY t FROM STDIN"));
      client.until('G');
      client.send(RawConnection.copyData("1\n"));

      assertThat(client.shapes(1)).containsExactly("E:ERROR:57014", "Z:I");
      client.send(RawConnection.copyData("2\n"), RawConnection.copyDone());
      assertThat(client.value("SELECT count(*) FROM t")).isEqualTo("0");
      assertThat(nextClientsProcess(QUERY)).isEqualTo(process);
    }
  }

  @Test
  void aLateRequestHitsNobodyElse() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    List<String> hit = Collections.synchronizedList(new ArrayList<>());
    AtomicInteger unharmed = new AtomicInteger();
    List<Thread> innocents = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      innocents.add(Thread.ofPlatform().start(() -> runUnharmed(over, hit, unharmed)));
    }
    int cancelled = 0;
    try (RawConnection target = HASTY.raw()) {
      for (int i = 0; i < 100; i++) {
        // From well before the limit to well after it.
        List<String> shapes = target.ask("SELECT pg_sleep(" + (0.03 + 0.0004 * i) + ")");
        cancelled += shapes.contains("E:ERROR:57014") ? 1 : 0;
      }
    }
    over.set(true);
    for (Thread each : innocents) {
      each.join();
    }
    assertThat(hit).isEmpty();
    assertThat(cancelled).isGreaterThan(10);
    assertThat(unharmed.get()).isGreaterThan(10);
  }

  /** A statement that is cancelled although it was short has been hit by another one's request. */
  private static void runUnharmed(AtomicBoolean over, List<String> hit, AtomicInteger unharmed) {
    try (RawConnection innocent = HASTY.raw()) {
      while (!over.get()) {
        long start = System.nanoTime();
        innocent.send(RawConnection.query("SELECT pg_sleep(0.002)"));
        List<RawConnection.Message> replies = innocent.untilReady();
        long millis = (System.nanoTime() - start) / 1_000_000;
        if (replies.stream().noneMatch(reply -> reply.tag() == 'E')) {
          unharmed.incrementAndGet();
        } else if (millis < 40) {
          hit.add(millis + " ms: " + replies.get(replies.size() - 2).field('M'));
        }
      }
    }
  }

  // ---- query_timeout of what the proxy does itself -------------------------------------------

  @Test
  void aTrainingThatTakesTooLongIsStoppedAndNoModelIsLeftInProgress() {
    try (RawConnection client = TRAINING.raw()) {
      client.send(
          RawConnection.query(
              "SELECT * FROM pgml.train('long', 'regression', 'many_rows', 'y', algorithm =>"
                  + " 'random_forest', hyperparams => '{\"n_estimators\": 100000}')"));

      RawConnection.Message error = client.until('E').getLast();
      assertThat(error.shape()).isEqualTo("E:ERROR:57014");
      assertThat(error.field('M')).isEqualTo("canceling statement due to query timeout");
      assertThat(client.shapes(1)).containsExactly("Z:I");
      if (TRAINING.valueOnServer("SELECT to_regclass('pgml.models') IS NULL").equals("f")) {
        // On a slow machine it may have been stopped before there was a model.
        assertThat(
                TRAINING.valueOnServer("SELECT count(*) FROM pgml.models WHERE status <> 'failed'"))
            .isEqualTo("0");
      }
      assertThat(client.value("SELECT 'alive'")).isEqualTo("alive");
    }
  }

  @Test
  void aTrainingWithinATransactionThatTakesTooLongFailsIt() {
    try (RawConnection client = QUERY.raw()) {
      client.ask("BEGIN");
      String process = process(client);

      client.send(
          RawConnection.query("SELECT * FROM pgml.train('slow', 'regression', 'slow_rows', 'y')"));

      RawConnection.Message error = client.until('E').getLast();
      assertThat(error.field('M')).isEqualTo("canceling statement due to query timeout");
      assertThat(client.shapes(1)).containsExactly("Z:E");
      assertThat(client.ask("ROLLBACK")).containsExactly("C:ROLLBACK", "Z:I");
      assertThat(nextClientsProcess(QUERY)).isEqualTo(process);
    }
  }

  // ---- transaction_timeout -------------------------------------------------------------------

  @Test
  void aTransactionAtWorkIsEndedWithItsSessionAndItsServerIsKept() {
    try (RawConnection client = TRANSACTION.raw()) {
      client.ask("BEGIN");
      String process = process(client);
      client.ask("INSERT INTO t VALUES (1)");
      client.send(RawConnection.query("SELECT pg_sleep(60)"));

      endsWith(client, "25P04", "terminating connection due to transaction timeout");
      assertThat(nextClientsProcess(TRANSACTION)).isEqualTo(process);
    }
  }

  @Test
  void anIdleTransactionIsEndedByTheSameLimit() {
    try (RawConnection client = TRANSACTION.raw()) {
      client.ask("BEGIN");
      String process = process(client);

      endsWith(client, "25P04", "terminating connection due to transaction timeout");
      assertThat(nextClientsProcess(TRANSACTION)).isEqualTo(process);
    }
  }

  @Test
  void aTransactionThatPoursOutRowsIsToldWhyBetweenTwoOfThem() {
    try (RawConnection client = TRANSACTION.raw()) {
      client.send(
          RawConnection.query("SELECT repeat('x', 3000) FROM generate_series(1, 100000000)"));

      endsWith(client, "25P04", "terminating connection due to transaction timeout");
    }
    nextClientsProcess(TRANSACTION);
  }

  @Test
  void aClientThatChainsTransactionsIsLeftAlone() {
    try (RawConnection client = TRANSACTION.raw()) {
      client.ask("BEGIN");
      for (int i = 0; i < 6; i++) {
        assertThat(client.ask("SELECT pg_sleep(0.5)")).endsWith("Z:T");
        assertThat(client.ask("COMMIT AND CHAIN")).containsExactly("C:COMMIT", "Z:T");
      }
      assertThat(client.ask("COMMIT")).containsExactly("C:COMMIT", "Z:I");
    }
  }

  // ---- idle_transaction_timeout --------------------------------------------------------------

  @Test
  void aTransactionLeftIdleIsRolledBackAndItsServerIsKept_pgcat_26() {
    for (ProxyUnderTest proxy : List.of(IDLE_IN_TRANSACTION, IDLE_IN_SESSIONS)) {
      String process;
      try (RawConnection client = proxy.raw()) {
        client.ask("BEGIN");
        process = process(client);
        client.ask("INSERT INTO t VALUES (1)");

        endsWith(client, "25P03", "terminating connection due to idle-in-transaction timeout");
      }
      assertThat(nextClientsProcess(proxy)).isEqualTo(process);
    }
  }

  @Test
  void aSessionThatIsIdleOutsideOfATransactionIsLeftAlone_pgcat_26() {
    for (ProxyUnderTest proxy : List.of(IDLE_IN_TRANSACTION, IDLE_IN_SESSIONS)) {
      try (RawConnection client = proxy.raw()) {
        client.value("SELECT 1");
        Eventually.pause(2000);
        assertThat(client.value("SELECT 'alive'")).isEqualTo("alive");
      }
    }
  }

  @Test
  void aLongStatementOfATransactionIsNotIdle() {
    try (RawConnection client = IDLE_IN_TRANSACTION.raw()) {
      client.ask("BEGIN");
      assertThat(client.ask("SELECT pg_sleep(2)")).endsWith("Z:T");
      assertThat(client.ask("COMMIT")).endsWith("Z:I");
    }
  }

  // ---- client_idle_timeout -------------------------------------------------------------------

  @Test
  void aClientThatDoesNothingIsPutOut() {
    try (RawConnection client = IDLE.raw()) {
      endsWith(client, "57P05", "terminating connection due to idle-session timeout");
    }
  }

  @Test
  void aListenerThatDoesNothingElseIsPutOutAsByPostgres() {
    try (RawConnection client = IDLE.raw()) {
      assertThat(client.ask("LISTEN news")).containsExactly("C:LISTEN", "Z:I");
      endsWith(client, "57P05", "terminating connection due to idle-session timeout");
    }
    nextClientsProcess(IDLE);
  }

  @Test
  void aPinnedClientThatDoesNothingGivesItsServerBackClean() {
    String process;
    try (RawConnection client = IDLE.raw()) {
      client.ask("CREATE TEMPORARY TABLE own(n int)");
      process = process(client);
      endsWith(client, "57P05", "terminating connection due to idle-session timeout");
    }
    assertThat(nextClientsProcess(IDLE)).isEqualTo(process);
    try (RawConnection next = IDLE.raw()) {
      assertThat(next.value("SELECT to_regclass('own') IS NULL")).isEqualTo("t");
    }
  }

  @Test
  void aClientAtWorkOrInATransactionIsNotIdle() {
    try (RawConnection client = IDLE.raw()) {
      assertThat(client.ask("SELECT pg_sleep(2)")).endsWith("Z:I");
      assertThat(client.ask("BEGIN")).endsWith("Z:T");
      Eventually.pause(2000);
      assertThat(client.ask("COMMIT")).endsWith("Z:I");
    }
  }

  // ---- statement_timeout ---------------------------------------------------------------------

  @Test
  void theServerKeepsTheCallTimeoutsInItsOwnWords() {
    try (RawConnection client = STATEMENT.raw()) {
      assertThat(client.value("SHOW statement_timeout")).isEqualTo("1500ms");
      assertThat(client.value("SELECT pg_sleep(60)"))
          .isEqualTo("57014 canceling statement due to statement timeout");
    }
  }

  @Test
  void aClientsOwnCallTimeoutsComesFirstAndIsNobodyElses() {
    Map<String, String> asked =
        Map.of(
            "user",
            "postgres",
            "database",
            ProxyUnderTest.DATABASE,
            "options",
            "-c statement_timeout=77s");
    try (RawConnection client = STATEMENT.raw();
        RawConnection other = STATEMENT.raw();
        RawConnection third = RawConnection.login(STATEMENT.port(), asked)) {
      client.ask("SET statement_timeout = 0");
      assertThat(client.ask("SELECT pg_sleep(2)")).endsWith("C:SELECT 1", "Z:I");
      assertThat(other.value("SHOW statement_timeout")).isEqualTo("1500ms");
      assertThat(third.value("SHOW statement_timeout")).isEqualTo("77s");
      assertThat(client.value("SHOW statement_timeout")).isEqualTo("0");
      client.ask("RESET statement_timeout");
      assertThat(client.value("SHOW statement_timeout")).isEqualTo("1500ms");
      client.ask("DISCARD ALL");
      assertThat(client.value("SHOW statement_timeout")).isEqualTo("1500ms");
    }
  }
}
