package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pglynx.proxy.it.ProxyUnderTest.run;
import static org.pglynx.proxy.it.ProxyUnderTest.value;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The function of docs/sharding.md on each shard, wherever a statement may call it. */
class UniqueIdsOnShardsIT {
  private static final int SHARDS = 3;

  @RegisterExtension
  static final ProxyUnderTest PROXY =
      ProxyUnderTest.deferring(4)
          .general("two_phase_commit_dir = \"" + ShardTransactionsIT.directory() + "\"")
          .shards(SHARDS)
          .pool("automatic_sharding_key = \"events.k\"", "reference_tables = [\"codes\"]");

  @BeforeAll
  static void create() throws IOException {
    String document = Files.readString(root().resolve("docs/sharding.md"));
    int begin = document.indexOf("    CREATE SCHEMA IF NOT EXISTS pglynx;");
    String sql = document.substring(begin, document.indexOf("\n\n", begin));
    for (int shard = 0; shard < SHARDS; shard++) {
      PROXY
          .postgres()
          .execute(
              PROXY.shardDatabase(shard),
              sql.replace(":shard", String.valueOf(shard)),
              "CREATE TABLE events (k bigint, id bigint DEFAULT pglynx.unique_id(), note text)",
              "CREATE TABLE codes (id bigint)");
    }
  }

  private static Path root() {
    Path here = Path.of("").toAbsolutePath();
    return Files.isDirectory(here.resolve("docs")) ? here : here.resolve("..");
  }

  @Test
  void each_row_of_each_shard_has_an_id_of_its_own_however_it_is_asked_for() throws SQLException {
    try (Connection client = PROXY.connect()) {
      // when
      for (int k = 0; k < 30; k++) {
        run(client, "INSERT INTO events (k) VALUES (" + k + ")");
        run(client, "INSERT INTO events (k, id) VALUES (" + k + ", pglynx.unique_id() + 0)");
      }
      run(
          client,
          "INSERT INTO events (k, id, note) VALUES (1, pglynx.unique_id(), 'a'),"
              + " (2, pglynx.unique_id(), 'b'), (3, DEFAULT, 'c'), (4, pglynx.unique_id(), 'd')",
          "INSERT INTO events (k, id) SELECT k, pglynx.unique_id() FROM events");

      // then
      assertThat(value(client, "SELECT count(DISTINCT id) || ' of ' || count(*) FROM events"))
          .isEqualTo("128 of 128");
      run(client, "UPDATE events SET id = pglynx.unique_id()");
      assertThat(value(client, "SELECT count(DISTINCT id) FROM events")).isEqualTo("128");
      assertThat(
              value(
                  client,
                  "SELECT count(DISTINCT i) FROM (SELECT pglynx.unique_id() AS i FROM events) x"))
          .isEqualTo("128");
      assertThat(value(client, "SELECT count(*) FROM events WHERE id < 300000000000000000"))
          .isEqualTo("0");
    }
  }

  @Test
  void ids_of_the_proxy_and_of_the_shards_are_of_one_kind_and_never_the_same() throws SQLException {
    try (Connection client = PROXY.connect()) {
      long own = Long.parseLong(String.valueOf(value(client, "SELECT pglynx.unique_id()")));
      long servers = Long.parseLong(String.valueOf(value(client, "SELECT 0 + pglynx.unique_id()")));

      assertThat(own >> 12 & 1023).isLessThan(512);
      assertThat(servers >> 12 & 1023).isBetween(512L, 514L);
      assertThat(Math.abs((own >> 22) - (servers >> 22))).isLessThan(60_000);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "INSERT INTO events (k, id) VALUES (pglynx.unique_id(), 1)",
        "INSERT INTO codes VALUES (pglynx.unique_id())",
        "SELECT other.unique_id(), k FROM events"
      })
  void what_would_not_be_right_is_refused(String sql) throws SQLException {
    try (Connection client = PROXY.connect()) {
      assertThatThrownBy(() -> run(client, sql))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("0A000"));
    }
  }
}
