package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Schemas of which each is on one shard, with all its tables. */
class SchemasOnShardsIT {
  @RegisterExtension
  static final ProxyUnderTest PROXY =
      ProxyUnderTest.deferring(2)
          .shards(2)
          .pool(
              "[[pools.app.sharded_tables]]",
              "name = \"acme.*\"",
              "shard = 1",
              "[[pools.app.sharded_tables]]",
              "name = \"zenith.*\"",
              "shard = 0");

  private static String tables(int shard) {
    return PROXY
        .postgres()
        .value(
            PROXY.shardDatabase(shard),
            "SELECT string_agg(schemaname || '.' || tablename, ',' ORDER BY schemaname) FROM pg_tables"
                + " WHERE schemaname IN ('acme', 'zenith')");
  }

  @Test
  void tables_and_their_rows_are_where_the_schema_is() throws SQLException {
    IntStream.range(0, 2)
        .forEach(shard ->
            PROXY
                .postgres()
                .execute(PROXY.shardDatabase(shard), "CREATE SCHEMA acme", "CREATE SCHEMA zenith"));
    try (Connection client = PROXY.connect()) {
      // when
      ProxyUnderTest.run(client, "CREATE TABLE acme.orders (id int, amount int)");
      ProxyUnderTest.run(client, "CREATE TABLE zenith.orders (id int, amount int)");
      ProxyUnderTest.run(client, "INSERT INTO acme.orders VALUES (1, 10), (2, 20)");
      ProxyUnderTest.run(client, "INSERT INTO zenith.orders VALUES (3, 30)");

      // then
      assertThat(tables(0)).isEqualTo("zenith.orders");
      assertThat(tables(1)).isEqualTo("acme.orders");
      assertThat(ProxyUnderTest.value(client, "SELECT sum(amount) FROM acme.orders"))
          .isEqualTo("30");
      assertThatThrownBy(() ->
              ProxyUnderTest.run(
                  client,
                  "UPDATE acme.orders SET amount = (SELECT max(amount) FROM zenith.orders)"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("0A000"));
    }
  }
}
