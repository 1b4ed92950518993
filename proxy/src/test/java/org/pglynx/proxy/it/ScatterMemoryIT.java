package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.it.RawConnection.query;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetric;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.proxy.stats.ExpositionReader;

/** Large results of three shards: what of them is in the proxy, and what is told of each shard. */
class ScatterMemoryIT {
  private static final int SHARDS = 3;
  private static final int ROWS = 45_000;

  /** A result is 90 MB; of it there may be this much, with what was read ahead of each shard. */
  private static final long BOUND = 12 << 20;

  @RegisterExtension
  static final ProxyUnderTest PROXY =
      ProxyUnderTest.deferring(3)
          .general(AdminTable.OPEN)
          .general("http_port = 0")
          .shards(SHARDS)
          .pool("automatic_sharding_key = \"events.id\"");

  @BeforeAll
  static void tables() {
    for (int shard = 0; shard < SHARDS; shard++) {
      PROXY
          .postgres()
          .execute(
              PROXY.shardDatabase(shard),
              "CREATE TABLE events (id bigint, pad text)",
              "INSERT INTO events SELECT i, repeat('x', 100) FROM generate_series(1, "
                  + ROWS
                  + ") i WHERE i % 3 = "
                  + shard);
    }
  }

  // ---- memory --------------------------------------------------------------------------------

  /** Buffers, and what lives on the heap. */
  private static long held() {
    ByteBufAllocatorMetric metric =
        ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric();
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return metric.usedDirectMemory() + runtime.totalMemory() - runtime.freeMemory();
  }

  private static String databases() {
    return String.join("', '", IntStream.range(0, SHARDS).mapToObj(PROXY::shardDatabase).toList());
  }

  /** How many of the shards' servers are so. */
  private static String servers(String condition) {
    return PROXY
        .postgres()
        .value(
            "postgres",
            "SELECT count(*) FROM pg_stat_activity WHERE datname IN ('%s') AND %s"
                .formatted(databases(), condition));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT id, repeat(pad, 20) FROM events",
        "SELECT id, repeat(pad, 20) FROM events ORDER BY id"
      })
  void a_client_that_does_not_read_holds_back_each_shard(String sql) {
    try (RawConnection client = PROXY.raw()) {
      client.value("SELECT count(*) FROM events");
      long before = held();
      client.send(query(sql));
      Eventually.equal(() -> servers("wait_event = 'ClientWrite'"), "3");

      assertThat(held() - before).isLessThan(BOUND);

      RawConnection.Volume result = client.volumeUntilReady();
      assertThat(result.messages()).isEqualTo(ROWS + 3);
      assertThat(result.bytes()).isGreaterThan(ROWS * 2000L);
      assertThat(held() - before).isLessThan(BOUND);
    }
  }

  @Test
  void a_client_that_leaves_unread_rows_behind_ends_the_statement_on_each_shard() {
    try (RawConnection client = PROXY.raw()) {
      client.send(query("SELECT id, repeat(pad, 20) FROM events ORDER BY id"));
      Eventually.equal(() -> servers("wait_event = 'ClientWrite'"), "3");
      client.reset();
    }
    Eventually.equal(() -> servers("state = 'active'"), "0");
  }

  // ---- what is told of each shard ------------------------------------------------------------

  private static long shown(List<Map<String, String>> shards, int shard, String column) {
    return shards.stream()
        .filter(row -> String.valueOf(shard).equals(row.get("shard")))
        .mapToLong(row -> Long.parseLong(row.getOrDefault(column, "-1")))
        .sum();
  }

  private static double scraped(String name, int shard) {
    return ExpositionReader.read(Web.get(PROXY.server().httpPort(), "/metrics").body())
        .value(name, "shard", String.valueOf(shard), "pool", "app");
  }

  @Test
  void each_shard_is_told_of_by_what_it_has_done() throws SQLException {
    try (Connection admin = AdminTable.login(PROXY.port());
        RawConnection client = PROXY.raw()) {
      List<Map<String, String>> before = AdminTable.show(admin, "SHARDS");
      for (int i = 0; i < 5; i++) {
        client.ask("SELECT id FROM events ORDER BY id LIMIT 3");
      }
      client.ask("SET SHARD TO '1'");
      for (int i = 0; i < 4; i++) {
        client.ask("SELECT id, repeat(pad, 20) FROM events ORDER BY id LIMIT 100");
      }
      List<Map<String, String>> after = AdminTable.show(admin, "SHARDS");

      assertThat(after).hasSize(SHARDS);
      for (int shard = 0; shard < SHARDS; shard++) {
        long queries = shown(after, shard, "query_count") - shown(before, shard, "query_count");
        assertThat(queries).as("queries of shard %d", shard).isEqualTo(shard == 1 ? 9 : 5);
        assertThat(
                shown(after, shard, "transaction_count")
                    - shown(before, shard, "transaction_count"))
            .isEqualTo(shard == 1 ? 9 : 5);
        long bytes = shown(after, shard, "bytes_received") - shown(before, shard, "bytes_received");
        assertThat(bytes > 800_000).as("bytes of shard %d: %d", shard, bytes).isEqualTo(shard == 1);
        assertThat(after.get(shard).get("server_database")).isEqualTo(PROXY.shardDatabase(shard));
        assertThat((long) scraped("pgcat_servers_query_count", shard))
            .isEqualTo(shown(after, shard, "query_count"));
      }
    }
  }
}
