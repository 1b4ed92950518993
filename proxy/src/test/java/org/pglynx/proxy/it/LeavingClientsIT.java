package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A client that is killed, wherever it stands, leaves a clean server connection behind. */
class LeavingClientsIT {
  @RegisterExtension static final ProxyUnderTest TRANSACTION = ProxyUnderTest.transactionMode(1);

  @RegisterExtension static final ProxyUnderTest SESSION = ProxyUnderTest.sessionMode(1);

  /** On one loop no connection is on its way to another one when the test looks. */
  @RegisterExtension
  static final ProxyUnderTest ONE_LOOP =
      ProxyUnderTest.transactionMode(1).general("worker_threads = 1");

  /** Where a client stands when it is killed. */
  record Moment(String name, Consumer<RawConnection> before) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Moment> moments() {
    return List.of(
        new Moment("in a query", c -> c.send(RawConnection.query("SELECT pg_sleep(30)"))),
        new Moment(
            "in a query of a transaction",
            c -> {
              c.ask("BEGIN");
              c.ask("INSERT INTO t VALUES (1)");
              c.send(RawConnection.query("SELECT pg_sleep(30)"));
            }),
        new Moment(
            "in a transaction",
            c -> {
              c.ask("BEGIN");
              c.ask("INSERT INTO t VALUES (1)");
            }),
        new Moment(
            "in a failed transaction",
            c -> {
              c.ask("BEGIN");
              c.ask("SELECT 1/0");
            }),
        new Moment(
            "amid a batch",
            c -> {
              c.send(
                  RawConnection.parse("", "INSERT INTO t VALUES (1)"),
                  RawConnection.bind("", ""),
                  RawConnection.execute("", 0),
                  RawConnection.flush());
              c.until('C');
            }),
        new Moment(
            "behind an error amid a batch",
            c -> {
              c.send(RawConnection.parse("", "SELEC"), RawConnection.flush());
              c.until('E');
            }),
        new Moment(
            "in a copy",
            c -> {
              c.send(RawConnection.query("COPY t FROM STDIN"));
              c.until('G');
              c.send(RawConnection.copyData("1\n"));
            }),
        new Moment(
            "in a frame of a copy",
            c -> {
              c.send(RawConnection.query("COPY t FROM STDIN"));
              c.until('G');
              c.send(new byte[] {'d', 0, 0, 1, 0, '1'});
            }),
        new Moment(
            "in an extended copy",
            c -> {
              c.send(
                  RawConnection.parse("", "COPY t FROM STDIN"),
                  RawConnection.bind("", ""),
                  RawConnection.execute("", 0),
                  RawConnection.flush());
              c.until('G');
              c.send(RawConnection.copyData("1\n"));
            }),
        new Moment(
            "in a large result",
            c -> {
              c.send(
                  RawConnection.query("SELECT repeat('x', 1000) FROM generate_series(1, 200000)"));
              c.until('D');
            }),
        new Moment(
            "in a copy out",
            c -> {
              c.send(
                  RawConnection.query(
                      "COPY (SELECT repeat('x', 1000) FROM generate_series(1, 200000)) TO STDOUT"));
              c.until('d');
            }),
        new Moment("in a frame", c -> c.send(new byte[] {'Q', 0, 0, 1, 0, 'S'})),
        new Moment(
            "in a deep pipeline",
            c -> {
              for (int i = 0; i < 30; i++) {
                c.send(
                    RawConnection.parse("s" + i, "SELECT pg_sleep(0.1)"),
                    RawConnection.bind("", "s" + i),
                    RawConnection.execute("", 0),
                    RawConnection.sync());
              }
            }),
        new Moment(
            "with locks and settings",
            c -> {
              c.ask("BEGIN");
              c.ask("LOCK TABLE t IN ACCESS EXCLUSIVE MODE");
              c.ask("SET statement_timeout = 54321");
            }));
  }

  @BeforeAll
  static void createTables() {
    TRANSACTION.onServer("CREATE TABLE t(n int)");
    SESSION.onServer("CREATE TABLE t(n int)");
    ONE_LOOP.onServer("CREATE TABLE t(n int)");
  }

  @AfterEach
  void noTransactionIsOpen() {
    for (ProxyUnderTest proxy : List.of(TRANSACTION, SESSION, ONE_LOOP)) {
      Eventually.equal(() -> proxy.serverProcesses("idle in%"), 0);
      Eventually.equal(() -> proxy.serverProcesses("active"), 0);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("moments")
  void transactionModeGivesTheNextClientACleanServer(Moment moment) {
    killAt(TRANSACTION, moment);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("moments")
  void sessionModeGivesTheNextClientACleanServer(Moment moment) {
    killAt(SESSION, moment);
  }

  /** Amid a frame the server cannot be told anything else: that connection alone is lost. */
  private static final List<String> AMID_A_FRAME = List.of("in a frame of a copy", "in a frame");

  @ParameterizedTest(name = "{0}")
  @MethodSource("moments")
  void theServerConnectionIsKept(Moment moment) {
    if (AMID_A_FRAME.contains(moment.name())) {
      return;
    }
    String process;
    try (RawConnection before = ONE_LOOP.raw()) {
      process = before.value("SELECT pg_backend_pid()");
    }
    RawConnection killed = ONE_LOOP.raw();
    moment.before().accept(killed);
    killed.reset();

    try (RawConnection next = ONE_LOOP.raw()) {
      assertThat(next.value("SELECT pg_backend_pid()")).isEqualTo(process);
      assertThat(next.value("SELECT count(*) FROM t")).isEqualTo("0");
    }
  }

  private static void killAt(ProxyUnderTest proxy, Moment moment) {
    RawConnection killed = proxy.raw();
    moment.before().accept(killed);
    Eventually.pause(50);
    killed.reset();

    long start = System.nanoTime();
    try (RawConnection next = proxy.raw()) {
      assertThat(next.value("SELECT count(*) FROM t")).isEqualTo("0");
      assertThat(next.value("SHOW statement_timeout")).isEqualTo("0");
      assertThat(next.value("SELECT pg_current_xact_id_if_assigned() IS NULL")).isEqualTo("t");
    }
    assertThat(System.nanoTime() - start).isLessThan(8_000_000_000L);
  }

  @Test
  void aStatementWhoseClientLeftBeforeItBeganIsCancelledToo() {
    for (int i = 0; i < 10; i++) {
      RawConnection killed = TRANSACTION.raw();
      killed.ask("BEGIN");
      killed.send(RawConnection.query("SELECT pg_sleep(30)"));
      killed.reset();
    }

    long start = System.nanoTime();
    try (RawConnection next = TRANSACTION.raw()) {
      assertThat(next.value("SELECT 'alive'")).isEqualTo("alive");
    }
    assertThat(System.nanoTime() - start).isLessThan(3_000_000_000L);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("moments")
  void aClientThatSaysGoodbyeAtTheWrongMomentDoesNoHarmEither(Moment moment) {
    RawConnection leaving = TRANSACTION.raw();
    moment.before().accept(leaving);
    leaving.endOfSending();

    try (RawConnection next = TRANSACTION.raw()) {
      assertThat(next.value("SELECT count(*) FROM t")).isEqualTo("0");
    } finally {
      leaving.close();
    }
  }
}
