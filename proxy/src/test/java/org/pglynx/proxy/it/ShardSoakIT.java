package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.app.ProxyServer;
import org.pglynx.proxy.config.ConfigLoader;

/**
 * Impatient clients of three shards, in pools so small that they wait for each other: each gets its
 * own replies or an error, no half of a transaction is there, and behind each phase nothing is in
 * use, locked or prepared. The Maven profile {@code soak} has a hundred phases.
 */
class ShardSoakIT {
  private static final int SHARDS = 3;
  private static final int BALANCE = 100;

  private static final List<String> TABLES =
      List.of(
          "accounts (id bigint, balance int, seen text)",
          "events (id bigint, tag text, i int)",
          "big (id bigint, filler text)");

  private static final String LEFT =
      "SELECT 'prepared ' || gid FROM pg_prepared_xacts UNION ALL " + SoakServer.AT_WORK;

  /** A pool of the proxy, with databases of its own. */
  private record Pool(String name, int size, int waitMillis, List<String> databases) {
    static Pool create(String name, int size, int waitMillis) {
      List<String> databases = new ArrayList<>();
      for (int shard = 0; shard < SHARDS; shard++) {
        String database = POSTGRES.createDatabase("soak");
        fill(database, shard);
        databases.add(database);
      }
      return new Pool(name, size, waitMillis, databases);
    }

    String toml() {
      StringBuilder toml =
          new StringBuilder(
              """
              [pools.%1$s]
              query_wait_timeout = %2$d
              reference_tables = ["rates"]
              users.0 = { username = "postgres", auth_type = "trust", pool_size = %3$d }
              """
                  .formatted(name, waitMillis, size));
      for (int shard = 0; shard < SHARDS; shard++) {
        toml.append(
            "shards.%1$d = { database = \"%2$s\", servers = [[\"127.0.0.1\", %3$d, \"primary\"]] }\n"
                .formatted(shard, databases.get(shard), POSTGRES.port()));
      }
      for (String table : List.of("accounts", "events", "big")) {
        toml.append(
            "[[pools.%s.sharded_tables]]\nname = \"%s\"\ncolumns = [\"id\"]\n"
                .formatted(name, table));
      }
      return toml.toString();
    }
  }

  private static final TestPostgres POSTGRES = TestPostgres.shared();
  private static List<Pool> pools = List.of();
  private static ProxyServer proxy;

  @BeforeAll
  static void start() {
    pools = List.of(Pool.create("app", 6, 5_000), Pool.create("tight", 2, 1_500));
    StringBuilder toml =
        new StringBuilder(
            """
            [general]
            host = "127.0.0.1"
            port = 0
            worker_threads = 2
            two_phase_commit_dir = "%s"
            %s
            """
                .formatted(ShardTransactionsIT.directory(), String.join("\n", AdminTable.OPEN)));
    pools.forEach(pool -> toml.append(pool.toml()));
    proxy = ProxyServer.start(ConfigLoader.parse(toml.toString(), "soak.toml"));
  }

  private static void fill(String database, int shard) {
    List<String> sql = new ArrayList<>();
    for (String table : TABLES) {
      String name = table.substring(0, table.indexOf(' '));
      sql.add("CREATE TABLE " + table + " PARTITION BY HASH (id)");
      sql.add(
          "CREATE TABLE %1$s_here PARTITION OF %1$s FOR VALUES WITH (MODULUS %2$d, REMAINDER %3$d)"
              .formatted(name, SHARDS, shard));
      sql.add("CREATE INDEX ON " + name + " (id)");
    }
    String here =
        "FROM generate_series(1, %d) i WHERE satisfies_hash_partition('%s'::regclass, "
            + SHARDS
            + ", "
            + shard
            + ", i::bigint)";
    sql.add(
        "INSERT INTO accounts SELECT i, %d, '' ".formatted(BALANCE)
            + here.formatted(ShardReads.ACCOUNTS, "accounts"));
    sql.add("INSERT INTO big SELECT i, repeat('x', 2000) " + here.formatted(ShardReads.BIG, "big"));
    sql.add("CREATE TABLE rates (code text, seen text)");
    sql.add("INSERT INTO rates VALUES ('a', ''), ('b', '')");
    sql.add("ANALYZE");
    POSTGRES.execute(database, sql.toArray(String[]::new));
  }

  @AfterAll
  static void stop() {
    proxy.close();
    pools.forEach(pool -> pool.databases().forEach(POSTGRES::dropDatabase));
  }

  @Test
  void clients_get_their_own_replies_and_leave_nothing_behind() {
    List<String> names = pools.stream().map(Pool::name).toList();
    SoakCrowd crowd = new SoakCrowd(SoakClient.Door.plain(proxy.port()), names, ShardErrands::new);
    crowd.phases(ShardSoakIT::kill, () -> values("postgres", LEFT), ShardSoakIT::keep);
  }

  /** All that was committed is there, and nothing by halves. */
  private static void keep(SoakReport report) {
    Set<String> rows = new HashSet<>();
    pools.forEach(pool -> rows.addAll(tagsOfWholeRows(pool, report)));
    assertThat(rows).as("committed").containsAll(report.committed());
    pools.forEach(ShardSoakIT::empty);
  }

  private static void kill() {
    values(
        "postgres",
        "SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity WHERE"
            + " backend_type = 'client backend' AND pid <> pg_backend_pid() AND datname <> 'postgres'"
            + " ORDER BY random() LIMIT 1) one");
  }

  private static List<String> values(String database, String sql) {
    return new SoakServer(POSTGRES.port(), database).values(sql);
  }

  // ---- no half of anything -------------------------------------------------------------------

  private static List<String> everywhere(Pool pool, String sql) {
    return pool.databases().stream().flatMap(shard -> values(shard, sql).stream()).toList();
  }

  private static void empty(Pool pool) {
    pool.databases().forEach(shard -> POSTGRES.execute(shard, "TRUNCATE events"));
  }

  private static Set<String> tagsOfWholeRows(Pool pool, SoakReport report) {
    List<String> balances = everywhere(pool, "SELECT balance FROM accounts");
    assertThat(balances.stream().mapToInt(Integer::parseInt).sum())
        .as("what is moved between accounts is neither lost nor doubled")
        .isEqualTo(BALANCE * ShardReads.ACCOUNTS);
    assertThat(new HashSet<>(everywhere(pool, "SELECT seen FROM rates WHERE code = 'a'")))
        .as("a reference table is the same everywhere")
        .hasSize(1);
    Map<String, Integer> rows = new TreeMap<>();
    everywhere(pool, "SELECT tag FROM events").forEach(tag -> rows.merge(tag, 1, Integer::sum));
    assertThat(report.wholes()).as("rows of each tag: all or none").containsAllEntriesOf(rows);
    assertThat(rows.keySet()).as("never committed").noneMatch(report.undone()::contains);
    return rows.keySet();
  }
}
