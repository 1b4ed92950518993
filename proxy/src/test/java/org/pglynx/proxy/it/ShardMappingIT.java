package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pglynx.proxy.it.ProxyUnderTest.run;
import static org.pglynx.proxy.it.ProxyUnderTest.value;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/**
 * Rows that lists, ranges and pgcat's sha1 place. Each shard's table takes its own rows only, so
 * that a row in the wrong place is an error of the server.
 */
class ShardMappingIT {
  private static final int SHARDS = 3;

  @RegisterExtension
  static final ProxyUnderTest PROXY =
      ProxyUnderTest.deferring(4)
          .general("two_phase_commit_dir = \"" + ShardTransactionsIT.directory() + "\"")
          .shards(SHARDS)
          .pool(
              "[[pools.app.sharded_tables]]",
              "name = \"customers\"",
              "columns = [\"region\"]",
              "types = [\"text\"]",
              "mapping = [{shard = 0, values = [\"eu\", \"uk\"]}, {shard = 1, values = [\"us\"]},"
                  + " {shard = 2}]",
              "[[pools.app.sharded_tables]]",
              "name = \"meters\"",
              "columns = [\"id\"]",
              "mapping = [{shard = 0, from = 0, to = 100}, {shard = 1, from = 100, to = 200},"
                  + " {shard = 2, from = 200}]",
              "[[pools.app.sharded_tables]]",
              "name = \"hashed\"",
              "columns = [\"id\"]",
              "function = \"sha1\"");

  @BeforeAll
  static void create() {
    List<String> regions =
        List.of("region IN ('eu', 'uk')", "region = 'us'", "region NOT IN ('eu', 'uk', 'us')");
    List<String> ranges = List.of("id BETWEEN 0 AND 99", "id BETWEEN 100 AND 199", "id >= 200");
    for (int shard = 0; shard < SHARDS; shard++) {
      PROXY
          .postgres()
          .execute(
              PROXY.shardDatabase(shard),
              "CREATE TABLE customers (id int, region text CHECK (" + regions.get(shard) + "))",
              "CREATE TABLE meters (id bigint CHECK (" + ranges.get(shard) + "), watt int)",
              "CREATE TABLE hashed (id bigint, what text)");
    }
  }

  @BeforeEach
  void empty() {
    for (int shard = 0; shard < SHARDS; shard++) {
      PROXY.postgres().execute(PROXY.shardDatabase(shard), "TRUNCATE customers, meters, hashed");
    }
  }

  private static List<String> counts(String table) {
    return java.util.stream.IntStream.range(0, SHARDS)
        .mapToObj(shard ->
            PROXY.postgres().value(PROXY.shardDatabase(shard), "SELECT count(*) FROM " + table))
        .toList();
  }

  @Test
  void keys_in_texts_are_placed_by_lists_and_ranges() throws SQLException {
    try (Connection client = PROXY.connect()) {
      run(
          client,
          "INSERT INTO customers (id, region) VALUES (1, 'eu'), (2, 'us'), (3, 'mars'), (4, 'uk')",
          "INSERT INTO meters (id, watt) VALUES (0, 1), (99, 2), (100, 3), (199, 4), (200, 5),"
              + " (9223372036854775807, 6)",
          "UPDATE meters SET watt = watt + 10 WHERE id IN (99, 100)",
          "UPDATE customers SET region = 'us' WHERE region = 'mars'",
          "UPDATE meters SET id = 150 WHERE id = 0");

      assertThat(counts("customers")).containsExactly("2", "2", "0");
      assertThat(counts("meters")).containsExactly("1", "3", "2");
      assertThat(value(client, "SELECT sum(watt) FROM meters WHERE id = ANY ('{99,100,150}')"))
          .isEqualTo("26");
      assertThat(value(client, "SELECT count(*) FROM meters WHERE id = -5")).isEqualTo("0");
      assertThatThrownBy(() -> run(client, "INSERT INTO meters (id) VALUES (-5)"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("23514"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "0"})
  void keys_of_parameters_are_placed_in_both_formats(String threshold) throws SQLException {
    try (Connection client = PROXY.connect("prepareThreshold", threshold);
        PreparedStatement customer =
            client.prepareStatement("INSERT INTO customers (id, region) VALUES (?, ?)");
        PreparedStatement meter =
            client.prepareStatement("INSERT INTO meters (id, watt) VALUES (?, ?)");
        PreparedStatement hashed = client.prepareStatement("INSERT INTO hashed (id) VALUES (?)")) {
      for (int i = 0; i < 9; i++) {
        customer.setInt(1, i);
        customer.setString(2, List.of("uk", "us", "asia").get(i % 3));
        customer.executeUpdate();
        meter.setLong(1, i * 50L);
        meter.setInt(2, i);
        meter.executeUpdate();
      }
      for (int i = 0; i < 10; i++) {
        hashed.setLong(1, i);
        hashed.executeUpdate();
      }

      assertThat(counts("customers")).containsExactly("3", "3", "3");
      assertThat(counts("meters")).containsExactly("2", "2", "5");
      // The last four bytes of sha1 of "0" to "9", modulo 3: 1 1 2 0 0 0 0 1 0 2.
      assertThat(counts("hashed")).containsExactly("5", "3", "2");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"text", "csv", "binary"})
  void copied_rows_are_placed_in_each_format(String format) throws SQLException, IOException {
    try (Connection client = PROXY.connect()) {
      CopyManager copies = client.unwrap(PGConnection.class).getCopyAPI();
      StringBuilder rows = new StringBuilder();
      for (int i = 0; i < 300; i++) {
        rows.append(i).append(',').append(List.of("eu", "us", "\"a, b\"").get(i % 3)).append('\n');
      }
      copies.copyIn("COPY customers FROM STDIN CSV", stream(rows));
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      copies.copyOut(
          "COPY (SELECT id, region FROM customers) TO STDOUT (FORMAT " + format + ")", out);
      run(client, "DELETE FROM customers");

      assertThat(
              copies.copyIn(
                  "COPY customers FROM STDIN (FORMAT " + format + ")",
                  new ByteArrayInputStream(out.toByteArray())))
          .isEqualTo(300);
      assertThat(counts("customers")).containsExactly("100", "100", "100");
    }
  }

  private static ByteArrayInputStream stream(StringBuilder text) {
    return new ByteArrayInputStream(text.toString().getBytes(StandardCharsets.UTF_8));
  }
}
