package org.pglynx.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pglynx.proxy.config.ShardingConfig.Centroids;
import org.pglynx.proxy.config.ShardingConfig.Directory;

/** Directories and centroids in place of a function. */
class PlacementReadersTest {
  private static ShardingConfig.Table table(String table) {
    return ConfigLoader.parse(
            """
            [pools.shop]
            users.0 = { username = "anna", auth_type = "trust", pool_size = 5 }
            shards.0 = { database = "a", servers = [["db1", 5432, "primary"]] }
            shards.1 = { database = "b", servers = [["db2", 5432, "primary"]] }
            [[pools.shop.sharded_tables]]
            name = "t"
            """
                + table,
            "p.toml")
        .pools()
        .values()
        .iterator()
        .next()
        .sharding()
        .tables()
        .getFirst();
  }

  @Test
  void a_directory_has_the_keys_name_and_a_second_unless_it_says_others() {
    assertThat(table("columns = [\"tenant\"]\ndirectory = {table = \"places\"}").directory())
        .isEqualTo(new Directory("places", "tenant", "shard", 0, 1000));
    assertThat(
            table(
                    "columns = [\"a\"]\ntypes = [\"uuid\"]\ndirectory = {table = \"s.t\", key = \"k\","
                        + " shard = \"n\", on = 1, max_age = 50}")
                .directory())
        .isEqualTo(new Directory("s.t", "k", "n", 1, 50));
  }

  @Test
  void centroids_are_numbers_of_any_kind() {
    assertThat(
            table(
                    "columns = [\"v\"]\ntypes = [\"vector\"]\ncentroids = [[0.5, 1], [-2, 3e1]]\n"
                        + "centroid_probes = 1")
                .centroids())
        .isEqualTo(new Centroids(List.of(List.of(0.5f, 1f), List.of(-2f, 30f)), 1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          ["a"]      | ["bigint"]           | directory = {}                              | the key "table" is missing
          ["a"]      | ["bigint"]           | directory = {table = "a.b.c"}               | expected "table" or "schema.table"
          ["a"]      | ["bigint"]           | directory = {table = "t", on = 2}           | on: 2 is out of range
          ["a"]      | ["bigint"]           | directory = {table = "t", max_age = 0}      | max_age: 0 is out of range
          ["a"]      | ["bigint"]           | directory = {table = "t", age = 5}          | unknown key
          ["a", "b"] | ["bigint", "bigint"] | directory = {table = "t"}                   | takes a key of one column
          ["a"]      | ["bigint"]           | centroids = [[1.0]]                         | takes a key of one column of type vector
          ["a"]      | ["vector"]           | centroids = [[1.0], [1.0, 2.0]]             | as many dimensions
          ["a"]      | ["vector"]           | centroids = []                              | as many dimensions
          ["a"]      | ["vector"]           | centroids = [["x"]]                         | must be lists of numbers
          ["a"]      | ["vector"]           |                                             | needs centroids
          ["a"]      | ["vector"]           | mapping = [{shard = 0, values = ["[1]"]}]   | is no vector
          """)
  void a_fault_is_told(String columns, String types, String place, String message) {
    String table =
        "columns = " + columns + "\ntypes = " + types + "\n" + (place == null ? "" : place);

    assertThatThrownBy(() -> table(table))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }

  @Test
  void only_one_of_them_may_say_where_rows_live() {
    assertThatThrownBy(
            () -> table("columns = [\"a\"]\nfunction = \"sha1\"\ndirectory = {table = \"t\"}"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("\"function\" says already where rows live");
  }
}
