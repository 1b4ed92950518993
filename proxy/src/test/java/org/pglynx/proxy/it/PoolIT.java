package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pglynx.proxy.it.ProxyUnderTest.value;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many clients share few server connections: each gets its own replies, and none starves. */
class PoolIT {
  private static final long RUN_NANOS = TimeUnit.SECONDS.toNanos(3);

  @RegisterExtension static final ProxyUnderTest FIVE = ProxyUnderTest.transactionMode(5);

  @RegisterExtension
  static final ProxyUnderTest ONE_ON_TWO_LOOPS =
      ProxyUnderTest.transactionMode(1).general("worker_threads = 2");

  @RegisterExtension
  static final ProxyUnderTest TWO_ON_FOUR_LOOPS =
      ProxyUnderTest.transactionMode(2).general("worker_threads = 4");

  @RegisterExtension
  static final ProxyUnderTest IMPATIENT =
      ProxyUnderTest.transactionMode(1).general("query_wait_timeout = 300");

  @RegisterExtension
  static final ProxyUnderTest FEW_CLIENTS =
      ProxyUnderTest.transactionMode(2).general("max_client_conn = 3");

  @Test
  void fiftyThreadsOverFiveServersEachGetTheirOwnReplies() throws Exception {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(FIVE.url() + "?sslmode=disable&prepareThreshold=3");
    config.setUsername("postgres");
    config.setMaximumPoolSize(50);
    try (HikariDataSource source = new HikariDataSource(config)) {
      long rounds = inParallel(50, thread -> work(source, thread));

      assertThat(rounds).isGreaterThan(200);
    }
    assertThat(FIVE.serverProcesses("")).isBetween(1, 5);
    Eventually.equal(() -> FIVE.serverProcesses("idle"), FIVE.serverProcesses(""));
    assertAllServersUsable(FIVE, 5);
  }

  private static int work(HikariDataSource source, int thread) throws SQLException {
    try (Connection connection = source.getConnection();
        PreparedStatement statement =
            connection.prepareStatement("SELECT ? || repeat('.', ?), ?::int")) {
      for (int i = 0; i < 5; i++) {
        String tag = thread + "/" + i + "/";
        statement.setString(1, tag);
        statement.setInt(2, (thread * 37 + i * 101) % 3000);
        statement.setInt(3, thread);
        try (ResultSet row = statement.executeQuery()) {
          row.next();
          assertThat(row.getString(1)).startsWith(tag);
          assertThat(row.getInt(2)).isEqualTo(thread);
        }
      }
      connection.setAutoCommit(false);
      assertThat(value(connection, "SELECT " + thread)).isEqualTo(String.valueOf(thread));
      connection.rollback();
    }
    return 1;
  }

  /** As many transactions at a time as the pool may have connections: none is lost. */
  private static void assertAllServersUsable(ProxyUnderTest proxy, int size) {
    List<RawConnection> clients = new ArrayList<>();
    try {
      for (int i = 0; i < size; i++) {
        RawConnection client = proxy.raw();
        clients.add(client);
        assertThat(client.ask("BEGIN")).containsExactly("C:BEGIN", "Z:T");
      }
    } finally {
      clients.forEach(RawConnection::close);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 9})
  void oneServerServesTheClientsOfBothLoops(int clients) throws Exception {
    assertNobodyStarves(ONE_ON_TWO_LOOPS, clients);
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 17})
  void twoServersServeTheClientsOfFourLoops(int clients) throws Exception {
    assertNobodyStarves(TWO_ON_FOUR_LOOPS, clients);
  }

  private static void assertNobodyStarves(ProxyUnderTest proxy, int clients) throws Exception {
    long[] longest = new long[clients];
    long rounds =
        inParallel(
            clients,
            thread -> {
              int done = 0;
              try (RawConnection connection = proxy.raw()) {
                long end = System.nanoTime() + RUN_NANOS;
                while (System.nanoTime() < end) {
                  long start = System.nanoTime();
                  assertThat(connection.value("SELECT " + thread))
                      .isEqualTo(String.valueOf(thread));
                  longest[thread] = Math.max(longest[thread], System.nanoTime() - start);
                  done++;
                }
              }
              return done;
            });

    assertThat(rounds).isGreaterThan(clients * 10L);
    for (long nanos : longest) {
      assertThat(TimeUnit.NANOSECONDS.toMillis(nanos)).isLessThan(2500);
    }
  }

  private interface Work {
    int on(int thread) throws Exception;
  }

  /** Runs the work on so many threads for a while; returns the sum of what it returned. */
  private static long inParallel(int threads, Work work) throws Exception {
    long end = System.nanoTime() + RUN_NANOS;
    try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      List<Future<Long>> futures = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        int thread = i;
        futures.add(
            executor.submit(() -> {
              long sum = work.on(thread);
              while (System.nanoTime() < end) {
                sum += work.on(thread);
              }
              return sum;
            }));
      }
      long sum = 0;
      for (Future<Long> future : futures) {
        sum += future.get(60, TimeUnit.SECONDS);
      }
      return sum;
    }
  }

  @Test
  void whoWaitsTooLongIsToldTheNumbersAndLivesOn() {
    try (RawConnection holder = IMPATIENT.raw();
        RawConnection waiter = IMPATIENT.raw()) {
      holder.ask("BEGIN");
      waiter.send(RawConnection.query("SELECT 1"));

      List<RawConnection.Message> replies = waiter.untilReady();

      RawConnection.Message error = replies.getFirst();
      assertThat(error.field('V')).isEqualTo("ERROR");
      assertThat(error.field('C')).isEqualTo("53000");
      assertThat(error.field('M')).contains("app/postgres").contains("300 ms");
      assertThat(error.field('D')).contains("1 of 1 connections are in use");
      assertThat(replies).hasSize(2);
      holder.ask("COMMIT");
      assertThat(waiter.value("SELECT 'served'")).isEqualTo("served");
    }
  }

  @Test
  void whoWaitsTooLongInABatchSkipsToSync() {
    try (RawConnection holder = IMPATIENT.raw();
        RawConnection waiter = IMPATIENT.raw()) {
      holder.ask("BEGIN");
      waiter.send(
          RawConnection.parse("s", "SELECT 1"),
          RawConnection.bind("", "s"),
          RawConnection.execute("", 0),
          RawConnection.sync());

      assertThat(waiter.shapes(1)).containsExactly("E:ERROR:53000", "Z:I");
    }
  }

  @Test
  void aWaiterThatIsCancelledStopsWaiting() {
    try (RawConnection holder = ONE_ON_TWO_LOOPS.raw();
        RawConnection waiter = ONE_ON_TWO_LOOPS.raw()) {
      holder.ask("BEGIN");
      waiter.send(RawConnection.query("SELECT 1"));
      Eventually.pause(100);
      RawConnection.cancel(ONE_ON_TWO_LOOPS.port(), waiter.pid(), waiter.key());

      assertThat(waiter.shapes(1)).containsExactly("E:ERROR:57014", "Z:I");
    }
  }

  @Test
  void aWaiterThatLeavesIsNotServed() {
    ONE_ON_TWO_LOOPS.onServer("CREATE TABLE served(n int)");
    try (RawConnection holder = ONE_ON_TWO_LOOPS.raw()) {
      holder.ask("BEGIN");
      RawConnection waiter = ONE_ON_TWO_LOOPS.raw();
      waiter.send(RawConnection.query("INSERT INTO served VALUES (1)"));
      Eventually.pause(100);
      waiter.reset();
      Eventually.pause(300);
      holder.ask("COMMIT");

      assertThat(holder.value("SELECT count(*) FROM served")).isEqualTo("0");
    }
  }

  /** Takes all three places, once those are free again that the last test had. */
  private static void fill(List<RawConnection> clients) {
    Eventually.equal(
        () -> {
          RawConnection client = FEW_CLIENTS.raw();
          if (client.pid() == 0) {
            client.close();
          } else {
            clients.add(client);
          }
          return clients.size();
        },
        3);
  }

  @Test
  void oneClientTooManyIsRefused() {
    List<RawConnection> clients = new ArrayList<>();
    try {
      fill(clients);

      assertThatThrownBy(() -> FEW_CLIENTS.connect())
          .hasMessageContaining("too many clients")
          .extracting(e -> ((SQLException) e).getSQLState())
          .isEqualTo("53300");
      assertThatThrownBy(() -> FEW_CLIENTS.connect("sslmode", "prefer"))
          .hasMessageContaining("too many clients")
          .extracting(e -> ((SQLException) e).getSQLState())
          .isEqualTo("53300");
    } finally {
      clients.forEach(RawConnection::close);
    }
  }

  @Test
  void aCancelRequestIsHeardAlsoWhenNoClientMayComeAnyMore() {
    List<RawConnection> clients = new ArrayList<>();
    try {
      fill(clients);
      RawConnection busy = clients.getFirst();
      busy.send(RawConnection.query("SELECT pg_sleep(20)"));
      Eventually.pause(200);
      RawConnection.cancel(FEW_CLIENTS.port(), busy.pid(), busy.key());

      assertThat(busy.shapes(1)).contains("E:ERROR:57014", "Z:I");
    } finally {
      clients.forEach(RawConnection::close);
    }
  }
}
