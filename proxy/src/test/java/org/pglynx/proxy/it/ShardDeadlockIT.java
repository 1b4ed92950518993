package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Writers that wait for each other on several shards: one of them gives in. */
class ShardDeadlockIT {
  private static final String ANNA = "anna_deadlocked";
  private static final String BEN = "ben_deadlocked";

  /** Gets no more connections after a while. */
  private static final String CARL = "carl_deadlocked";

  @RegisterExtension
  static final ProxyUnderTest PROXY =
      ProxyUnderTest.deferring(8)
          .general("two_phase_commit_dir = \"" + ShardTransactionsIT.directory() + "\"")
          .shards(3)
          .anotherUser("username = \"" + ANNA + "\"", "pool_size = 2", "auth_type = \"trust\"")
          .anotherUser("username = \"" + BEN + "\"", "pool_size = 2", "auth_type = \"trust\"")
          .anotherUser("username = \"" + CARL + "\"", "pool_size = 2", "auth_type = \"trust\"")
          .pool("[[pools.app.sharded_tables]]", "name = \"accounts\"", "columns = [\"id\"]");

  private static final List<Integer> KEYS = new ArrayList<>();

  /** One more of each shard. */
  private static final List<Integer> OTHER_KEYS = new ArrayList<>();

  @BeforeAll
  static void create() {
    PROXY.onServer(
        "CREATE ROLE " + ANNA + " LOGIN",
        "CREATE ROLE " + BEN + " LOGIN",
        "CREATE ROLE " + CARL + " LOGIN");
    for (int shard = 0; shard < 3; shard++) {
      PROXY
          .postgres()
          .execute(
              PROXY.shardDatabase(shard),
              "CREATE TABLE accounts (id bigint, balance int) PARTITION BY HASH (id)",
              "CREATE TABLE accounts_here PARTITION OF accounts FOR VALUES WITH (MODULUS 3,"
                  + " REMAINDER %d)".formatted(shard),
              "INSERT INTO accounts SELECT i, 0 FROM generate_series(1, 30) i WHERE"
                  + " satisfies_hash_partition('accounts'::regclass, 3, %d, i::bigint)"
                      .formatted(shard),
              "GRANT ALL ON accounts TO " + String.join(", ", ANNA, BEN, CARL));
      KEYS.add(key(shard, "min"));
      OTHER_KEYS.add(key(shard, "max"));
    }
  }

  private static Integer key(int shard, String which) {
    return Integer.valueOf(
        PROXY
            .postgres()
            .value(PROXY.shardDatabase(shard), "SELECT %s(id) FROM accounts".formatted(which)));
  }

  @BeforeEach
  void reset() {
    for (int shard = 0; shard < 3; shard++) {
      PROXY.postgres().execute(PROXY.shardDatabase(shard), "UPDATE accounts SET balance = 0");
    }
  }

  private static String add(int shard) {
    return "UPDATE accounts SET balance = balance + 1 WHERE id = " + KEYS.get(shard);
  }

  private static int total() {
    int all = 0;
    for (int shard = 0; shard < 3; shard++) {
      all +=
          Integer.parseInt(
              PROXY
                  .postgres()
                  .value(PROXY.shardDatabase(shard), "SELECT sum(balance) FROM accounts"));
    }
    return all;
  }

  /** Whether the statement has been ended by a deadlock; else it commits. */
  private static boolean endsBy(RawConnection client, String sql) {
    List<String> answer = client.ask(sql);
    if (answer.contains("E:ERROR:40P01")) {
      assertThat(answer).endsWith("Z:E");
      assertThat(client.ask("ROLLBACK")).containsExactly("C:ROLLBACK", "Z:I");
      return true;
    }
    assertThat(answer).containsExactly("C:UPDATE 1", "Z:T");
    assertThat(client.ask("COMMIT")).containsExactly("C:COMMIT", "Z:I");
    return false;
  }

  /** Each has a row of its own shard and wants the next one's: how many of them are ended. */
  private static int endedInACircle(List<RawConnection> all) throws Exception {
    for (int i = 0; i < all.size(); i++) {
      all.get(i).ask("BEGIN");
      assertThat(all.get(i).ask(add(i))).contains("C:UPDATE 1");
    }
    int ended = 0;
    try (ExecutorService threads = Executors.newFixedThreadPool(all.size())) {
      List<Future<Boolean>> ends = new ArrayList<>();
      for (int i = 0; i < all.size(); i++) {
        int other = (i + 1) % all.size();
        RawConnection each = all.get(i);
        ends.add(threads.submit(() -> endsBy(each, add(other))));
      }
      for (Future<Boolean> each : ends) {
        ended += each.get() ? 1 : 0;
      }
    }
    return ended;
  }

  @Test
  void of_three_transactions_in_a_circle_one_ends_and_the_others_commit() throws Exception {
    try (RawConnection first = PROXY.raw().patience(20_000);
        RawConnection second = PROXY.raw().patience(20_000);
        RawConnection third = PROXY.raw().patience(20_000)) {
      assertThat(endedInACircle(List.of(first, second, third))).isEqualTo(1);
      assertThat(total()).isEqualTo(4);
      assertThat(third.ask(add(0))).contains("C:UPDATE 1");
    }
  }

  private static RawConnection raw(String user) {
    return RawConnection.login(PROXY.port(), ProxyUnderTest.DATABASE, user).patience(20_000);
  }

  /** Each has a pool of its own, and no rights to more than the table. */
  @Test
  void of_transactions_of_two_users_in_a_circle_one_ends_and_the_other_commits() throws Exception {
    try (RawConnection anna = raw(ANNA);
        RawConnection ben = raw(BEN)) {
      assertThat(endedInACircle(List.of(anna, ben))).isEqualTo(1);
      assertThat(total()).isEqualTo(2);
    }
  }

  /** Others than clients of the proxy, which only their own shard knows, are links of it. */
  @Test
  void a_circle_through_transactions_of_one_shard_each_is_found() throws Exception {
    try (RawConnection first = PROXY.raw().patience(20_000);
        RawConnection second = PROXY.raw().patience(20_000);
        RawConnection own0 = ownOf(0);
        RawConnection own1 = ownOf(1)) {
      first.ask("BEGIN");
      first.ask(add(0));
      second.ask("BEGIN");
      second.ask(add(1));
      try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
        threads.execute(() -> addsAndRollsBack(own0, 0));
        threads.execute(() -> addsAndRollsBack(own1, 1));
        Future<Boolean> one = threads.submit(() -> endsBy(first, addOther(1)));
        Future<Boolean> other = threads.submit(() -> endsBy(second, addOther(0)));

        assertThat(one.get() ^ other.get()).isTrue();
      }
    }
  }

  private static void addsAndRollsBack(RawConnection own, int shard) {
    own.ask(add(shard));
    own.ask("ROLLBACK");
  }

  /** On the shard alone, where it has a row that is not the first. */
  private static RawConnection ownOf(int shard) {
    RawConnection own =
        RawConnection.login(PROXY.postgres().port(), PROXY.shardDatabase(shard), "postgres")
            .patience(20_000);
    own.ask("BEGIN");
    assertThat(own.ask(addOther(shard))).contains("C:UPDATE 1");
    return own;
  }

  private static String addOther(int shard) {
    return "UPDATE accounts SET balance = balance + 1 WHERE id = " + OTHER_KEYS.get(shard);
  }

  @Test
  void a_user_whose_pool_cannot_ask_does_not_keep_another_s_from_finding_a_circle()
      throws Exception {
    try (RawConnection carl = raw(CARL);
        RawConnection ben = raw(BEN)) {
      assertThat(carl.ask("UPDATE accounts SET balance = 0")).endsWith("Z:I");
      PROXY.onServer("ALTER ROLE " + CARL + " CONNECTION LIMIT 0");

      assertThat(endedInACircle(List.of(carl, ben))).isEqualTo(1);
      assertThat(total()).isEqualTo(2);
    }
  }

  /** The locks of a transaction that the other's read, in steps of the proxy's own, waits for. */
  private static RawConnection alters() {
    RawConnection client = PROXY.raw().patience(20_000);
    client.ask("BEGIN");
    client.send(RawConnection.query("ALTER TABLE accounts ADD COLUMN note int"));
    Eventually.equal(() -> exclusive(1, false), "1");
    Eventually.equal(() -> exclusive(0, true), "1");
    return client;
  }

  private static String exclusive(int shard, boolean granted) {
    return PROXY
        .postgres()
        .value(
            PROXY.shardDatabase(shard),
            "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND relation ="
                + " 'accounts'::regclass AND granted = "
                + granted);
  }

  @Test
  void a_read_in_steps_gives_in() {
    try (RawConnection reader = PROXY.raw().patience(20_000)) {
      reader.ask("BEGIN");
      reader.ask(add(1));
      try (RawConnection owner = alters()) {
        assertThat(reader.ask("SELECT count(DISTINCT balance) FROM accounts"))
            .containsExactly("E:ERROR:40P01", "Z:E");
        assertThat(reader.ask("SELECT 1")).containsExactly("E:ERROR:25P02", "Z:E");
        assertThat(reader.ask("ROLLBACK")).containsExactly("C:ROLLBACK", "Z:I");
        assertThat(owner.shapes(1)).containsExactly("C:ALTER TABLE", "Z:T");
        assertThat(owner.ask("ROLLBACK")).containsExactly("C:ROLLBACK", "Z:I");
      }
      assertThat(reader.value("SELECT count(DISTINCT balance) FROM accounts")).isEqualTo("1");
    }
  }

  @Test
  void a_read_in_steps_that_waits_its_turn_gives_in_with_what_is_before_it() {
    try (RawConnection reader = PROXY.raw().patience(20_000)) {
      reader.ask("BEGIN");
      reader.ask(add(1));
      try (RawConnection owner = alters()) {
        reader.send(
            RawConnection.parse("", "SELECT id FROM accounts"),
            RawConnection.bind("", ""),
            RawConnection.execute("", 0),
            RawConnection.parse("", "SELECT count(DISTINCT balance) FROM accounts"),
            RawConnection.bind("", ""),
            RawConnection.execute("", 0),
            RawConnection.sync());
        assertThat(reader.shapes(1)).endsWith("E:ERROR:40P01", "Z:E");
        assertThat(reader.ask("ROLLBACK")).containsExactly("C:ROLLBACK", "Z:I");
        assertThat(owner.shapes(1)).containsExactly("C:ALTER TABLE", "Z:T");
        assertThat(owner.ask("ROLLBACK")).containsExactly("C:ROLLBACK", "Z:I");
      }
      assertThat(reader.value("SELECT count(DISTINCT balance) FROM accounts")).isEqualTo("1");
    }
  }

  @Test
  void writers_of_all_shards_get_on_or_are_told_to_try_again() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      List<Future<Integer>> writers = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        boolean down = i % 2 == 0;
        writers.add(threads.submit(() -> writes(down)));
      }
      int written = 0;
      for (Future<Integer> each : writers) {
        written += each.get();
      }
      assertThat(written).isPositive();
      assertThat(total()).isEqualTo(written);
    }
  }

  /** How often it has added one: on each shard in turn, or on all at once. */
  private static int writes(boolean down) throws SQLException {
    int written = 0;
    try (Connection client = PROXY.connect()) {
      client.setAutoCommit(false);
      for (int round = 0; round < 2; round++) {
        try (Statement statement = client.createStatement()) {
          int own = 0;
          for (int i = 0; i < 3; i++) {
            own += statement.executeUpdate(add(down ? 2 - i : i));
          }
          own += statement.executeUpdate("UPDATE accounts SET balance = balance + 1");
          client.commit();
          written += own;
        } catch (SQLException e) {
          assertThat(e.getSQLState()).isEqualTo("40P01");
          client.rollback();
        }
      }
    }
    return written;
  }
}
