package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The real pgbench over three shards, by branch: what it moves is nowhere lost or doubled. */
class ShardedPgbenchIT {
  private static final Path PGBENCH = Path.of("/usr/lib/postgresql/15/bin/pgbench");
  private static final int BRANCHES = 6;
  private static final Path DIRECTORY = ShardTransactionsIT.directory();

  @RegisterExtension
  static final ProxyUnderTest PROXY =
      ProxyUnderTest.deferring(8)
          .general("two_phase_commit_dir = \"" + DIRECTORY + "\"")
          .shards(3)
          .pool(
              table("pgbench_branches"),
              table("pgbench_tellers"),
              table("pgbench_accounts"),
              table("pgbench_history"));

  private static String table(String name) {
    return "[[pools.app.sharded_tables]]\nname = \""
        + name
        + "\"\ncolumns = [\"bid\"]\ntypes = [\"integer\"]";
  }

  @BeforeAll
  static void create() {
    for (int shard = 0; shard < 3; shard++) {
      List<String> sql = new ArrayList<>();
      partitioned(sql, "branches (bid int NOT NULL, bbalance int, filler char(88))", shard);
      partitioned(sql, "tellers (tid int NOT NULL, bid int, tbalance int, filler char(84))", shard);
      partitioned(
          sql, "accounts (aid int NOT NULL, bid int, abalance int, filler char(84))", shard);
      partitioned(
          sql,
          "history (tid int, bid int, aid int, delta int, mtime timestamp, filler char(22))",
          shard);
      String mine =
          " WHERE satisfies_hash_partition('pgbench_branches'::regclass, 3, " + shard + ", b)";
      sql.add("INSERT INTO pgbench_branches SELECT b, 0 FROM generate_series(1, 6) b" + mine);
      sql.add(
          "INSERT INTO pgbench_tellers SELECT 10 * (b - 1) + t, b, 0 FROM generate_series(1, 6) b,"
              + " generate_series(1, 10) t"
              + mine);
      sql.add(
          "INSERT INTO pgbench_accounts SELECT 1000 * (b - 1) + a, b, 0 FROM generate_series(1, 6)"
              + " b, generate_series(1, 1000) a"
              + mine);
      sql.add("CREATE INDEX ON pgbench_accounts (aid)");
      PROXY.postgres().execute(PROXY.shardDatabase(shard), sql.toArray(String[]::new));
    }
  }

  private static void partitioned(List<String> sql, String table, int shard) {
    String name = "pgbench_" + table.substring(0, table.indexOf(' '));
    sql.add("CREATE TABLE pgbench_" + table + " PARTITION BY HASH (bid)");
    sql.add(
        "CREATE TABLE %s_here PARTITION OF %s FOR VALUES WITH (MODULUS 3, REMAINDER %d)"
            .formatted(name, name, shard));
  }

  /**
   * As the built-in one, with the branch in each condition; the teller is of a branch of chance.
   */
  private static final String SCRIPT =
      """
      \\set abid random(1, 6)
      \\set aid (:abid - 1) * 1000 + random(1, 1000)
      \\set bid random(1, 6)
      \\set tid (:bid - 1) * 10 + random(1, 10)
      \\set delta random(-5000, 5000)
      BEGIN;
      UPDATE pgbench_accounts SET abalance = abalance + :delta WHERE aid = :aid AND bid = :abid;
      SELECT abalance FROM pgbench_accounts WHERE aid = :aid AND bid = :abid;
      UPDATE pgbench_tellers SET tbalance = tbalance + :delta WHERE tid = :tid AND bid = :bid;
      UPDATE pgbench_branches SET bbalance = bbalance + :delta WHERE bid = :bid;
      INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (:tid, :bid, :aid, :delta, CURRENT_TIMESTAMP);
      END;
      """;

  private static long total(String sql) {
    long sum = 0;
    for (int shard = 0; shard < 3; shard++) {
      sum += Long.parseLong(PROXY.postgres().value(PROXY.shardDatabase(shard), sql));
    }
    return sum;
  }

  private static String pgbench(String mode) throws IOException, InterruptedException {
    Path script = Files.createTempFile("by-branch", ".sql");
    Path out = Files.createTempFile("by-branch", ".out");
    Files.writeString(script, SCRIPT);
    Process process =
        new ProcessBuilder(
                PGBENCH.toString(),
                "-n",
                "-f",
                script.toString(),
                "-M",
                mode,
                "-c",
                "4",
                "-t",
                "60",
                "-h",
                "127.0.0.1",
                "-p",
                String.valueOf(PROXY.port()),
                "-U",
                "postgres",
                ProxyUnderTest.DATABASE)
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    try {
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    String said = Files.readString(out, StandardCharsets.UTF_8);
    assertThat(process.exitValue()).as(said).isZero();
    Files.delete(script);
    Files.delete(out);
    return said;
  }

  @Test
  void what_pgbench_moves_between_branches_is_nowhere_lost_or_doubled() throws Exception {
    assumeTrue(Files.isExecutable(PGBENCH), "no pgbench here");
    for (String mode : List.of("simple", "extended", "prepared")) {
      assertThat(pgbench(mode)).contains("number of transactions actually processed: 240/240");
    }

    long moved = total("SELECT coalesce(sum(delta), 0) FROM pgbench_history");
    assertThat(total("SELECT count(*) FROM pgbench_history")).isEqualTo(3 * 240);
    assertThat(total("SELECT sum(abalance) FROM pgbench_accounts")).isEqualTo(moved);
    assertThat(total("SELECT sum(tbalance) FROM pgbench_tellers")).isEqualTo(moved);
    assertThat(total("SELECT sum(bbalance) FROM pgbench_branches")).isEqualTo(moved);
    assertThat(total("SELECT count(*) FROM pgbench_branches")).isEqualTo(BRANCHES);
    assertThat(PROXY.valueOnServer("SELECT count(*) FROM pg_prepared_xacts")).isEqualTo("0");
  }
}
