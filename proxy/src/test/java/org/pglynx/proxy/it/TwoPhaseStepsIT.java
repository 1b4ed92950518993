package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whoever is killed (SIGKILL) at whichever step of a commit on two shards: afterwards the
 * transaction is on both, or on none, and nothing is left prepared.
 */
class TwoPhaseStepsIT {
  private static final int SHARDS = 2;
  private static final String TRANSACTION = "PREPARE TRANSACTION";
  private static final String COMMIT = "COMMIT PREPARED";
  private static final List<CrashingPostgres> SERVERS =
      IntStream.range(0, SHARDS).mapToObj(shard -> CrashingPostgres.preparing()).toList();
  private static final List<StepGate> GATES =
      SERVERS.stream().map(server -> new StepGate(server.port())).toList();
  private static final long[] KEYS = new long[SHARDS];

  /** The one that sees shards die. */
  private static ProxyProcess survivor;

  @TempDir private static Path lasting = Path.of("");
  @TempDir private Path directory = Path.of("");

  /**
   * Where it happens.
   *
   * @param statement at which statement of the commit
   * @param shard to which shard
   * @param answered ahead of it, or when the server has done it and nobody knows yet
   */
  record Step(String statement, int shard, boolean answered) {
    /** Everybody has prepared it, and that it is to be committed is on disk. */
    boolean decided() {
      return statement.equals(COMMIT);
    }
  }

  static Stream<Step> steps() {
    return Stream.of(TRANSACTION, COMMIT)
        .flatMap(statement ->
            IntStream.range(0, SHARDS)
                .boxed()
                .flatMap(shard ->
                    Stream.of(
                        new Step(statement, shard, false), new Step(statement, shard, true))));
  }

  @BeforeAll
  static void create() throws SQLException, IOException {
    survivor = proxy(lasting);
    for (int shard = 0; shard < SHARDS; shard++) {
      try (Connection direct = direct(shard);
          Statement statement = direct.createStatement()) {
        statement.execute(
            "CREATE TABLE accounts (id bigint, balance int) PARTITION BY HASH (id);"
                + "CREATE TABLE accounts_here PARTITION OF accounts FOR VALUES WITH (MODULUS 2,"
                + " REMAINDER "
                + shard
                + ")");
        KEYS[shard] =
            number(
                direct,
                "SELECT min(i) FROM generate_series(1, 100) i"
                    + " WHERE satisfies_hash_partition('accounts'::regclass, 2, "
                    + shard
                    + ", i::bigint)");
      }
    }
  }

  @BeforeEach
  void fill() throws SQLException {
    for (int shard = 0; shard < SHARDS; shard++) {
      try (Connection direct = direct(shard);
          Statement statement = direct.createStatement()) {
        statement.execute(
            "TRUNCATE accounts; INSERT INTO accounts VALUES (%d, 100)".formatted(KEYS[shard]));
      }
    }
  }

  @AfterEach
  void nothingIsLeft() throws SQLException {
    assertThat(prepared()).isZero();
  }

  @AfterAll
  static void stop() throws InterruptedException {
    survivor.close();
    GATES.forEach(StepGate::close);
    SERVERS.forEach(CrashingPostgres::close);
  }

  private static Connection direct(int shard) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:%d/postgres?user=postgres"
            .formatted(SERVERS.get(shard).port()));
  }

  private static long number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getLong(1);
    }
  }

  private static long balance(int shard) {
    try (Connection direct = direct(shard)) {
      return number(direct, "SELECT balance FROM accounts");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static long prepared() {
    long count = 0;
    for (int shard = 0; shard < SHARDS; shard++) {
      try (Connection direct = direct(shard)) {
        count += number(direct, "SELECT count(*) FROM pg_prepared_xacts");
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
    return count;
  }

  private static ProxyProcess proxy(Path directory) throws IOException {
    return new ProxyProcess(
        directory,
        ProxyProcess.accounts(
            GATES.stream().map(StepGate::port).toList(), Collections.nCopies(SHARDS, "postgres")));
  }

  /** A login that the proxy began while a killed shard came back fails whoever waits for it. */
  private static boolean reachesAll(Connection client) {
    try (Statement statement = client.createStatement()) {
      for (long key : KEYS) {
        statement.execute("SELECT balance FROM accounts WHERE id = " + key);
      }
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  /** Moves money from one shard to the other; whether the client was told that it is done. */
  private static boolean transfer(Connection client) throws SQLException {
    client.setAutoCommit(false);
    try (Statement statement = client.createStatement()) {
      statement.execute("UPDATE accounts SET balance = balance - 1 WHERE id = " + KEYS[0]);
      statement.execute("UPDATE accounts SET balance = balance + 1 WHERE id = " + KEYS[1]);
    }
    try {
      client.commit();
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  private static void check(Step step, boolean told) {
    Eventually.equal(TwoPhaseStepsIT::prepared, 0L);
    boolean moved = balance(0) == 99;
    assertThat(balance(1)).isEqualTo(moved ? 101 : 100);
    assertThat(moved).as("committed").isEqualTo(step.decided());
    assertThat(told).as("told of a commit that is not there").isIn(moved, false);
  }

  @ParameterizedTest
  @MethodSource("steps")
  void a_proxy_is_killed(Step step) throws Exception {
    try (ProxyProcess proxy = proxy(directory)) {
      boolean told;
      CompletableFuture<Void> killed;
      try (Connection client = proxy.connect()) {
        // given
        killed =
            GATES
                .get(step.shard())
                .at(
                    step.statement(),
                    step.answered(),
                    () -> {
                      try {
                        proxy.kill();
                      } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                      }
                    });

        // when
        told = transfer(client);
      }
      killed.get(30, TimeUnit.SECONDS);
      proxy.startAgain();

      // then
      check(step, told);
    }
  }

  @ParameterizedTest
  @MethodSource("steps")
  void a_shard_is_killed(Step step) throws Exception {
    // It lives on, longer than a proxy looks for what an earlier one has left.
    try (Connection client = survivor.connect()) {
      // given
      Eventually.equal(() -> reachesAll(client), true);
      CrashingPostgres server = SERVERS.get(step.shard());
      CompletableFuture<Void> killed =
          GATES.get(step.shard()).at(step.statement(), step.answered(), server::kill9);

      // when
      boolean told = transfer(client);
      killed.get(30, TimeUnit.SECONDS);
      server.restart();

      // then
      check(step, told);
    }
  }

  /** Taken in that very transaction, or in one before. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_session_whose_lock_goes_with_a_connection_of_its_commit_ends(boolean before)
      throws Exception {
    try (Connection client = survivor.connect();
        Statement statement = client.createStatement()) {
      // given
      Eventually.equal(() -> reachesAll(client), true);
      client.setAutoCommit(false);
      statement.execute("UPDATE accounts SET balance = balance - 1 WHERE id = " + KEYS[0]);
      statement.execute("UPDATE accounts SET balance = balance + 1 WHERE id = " + KEYS[1]);
      statement.execute("SELECT pg_advisory_lock(8)");
      if (before) {
        client.commit();
        statement.execute("UPDATE accounts SET balance = 99 WHERE id = " + KEYS[0]);
        statement.execute("UPDATE accounts SET balance = 101 WHERE id = " + KEYS[1]);
      }
      CompletableFuture<Void> cut = GATES.get(1).at(COMMIT, false, () -> {});

      // when
      Throwable told = catchThrowable(client::commit);
      cut.get(30, TimeUnit.SECONDS);

      // then
      assertThat(told)
          .isInstanceOf(SQLException.class)
          .hasFieldOrPropertyWithValue("SQLState", "08006")
          .hasMessageContaining("The transaction has been committed.");
      assertThat(client.isClosed()).isTrue();
      Eventually.equal(TwoPhaseStepsIT::prepared, 0L);
      assertThat(balance(0)).isEqualTo(99);
      assertThat(balance(1)).isEqualTo(101);
    }
  }
}
