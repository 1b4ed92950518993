package org.pglynx.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pglynx.proxy.config.ShardingConfig.Placement;

class MappingReaderTest {
  private static ProxyConfig config(String table) {
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
        "p.toml");
  }

  private static List<Placement> mapping(String table) {
    return config(table)
        .pools()
        .values()
        .iterator()
        .next()
        .sharding()
        .tables()
        .getFirst()
        .mapping();
  }

  @Test
  void keys_are_listed_in_ranges_or_the_rest() {
    assertThat(
            mapping(
                "columns = [\"id\"]\nmapping = [{shard = 0, values = [\"7\"]},"
                    + " {shard = 1, from = 0, to = 5}, {shard = 0}]"))
        .containsExactly(
            new Placement(0, List.of("7"), null, null, false),
            new Placement(1, List.of(), 0L, 5L, false),
            new Placement(0, List.of(), null, null, true));
  }

  @Test
  void a_table_may_be_on_one_shard() {
    assertThat(mapping("shard = 1")).containsExactly(new Placement(1, List.of(), null, null, true));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          {shard = 2, values = ["1"]}                                | shard: 2 is out of range
          {shard = 0, values = ["x"]}                                | "x" is no bigint
          {shard = 0, values = ["1", "01"]}                          | is given twice
          {shard = 0, from = 5, to = 5}                              | must be greater than from
          {shard = 0, from = 5, to = 9}, {shard = 1, from = 8}       | ranges that overlap
          {shard = 0, to = 9}, {shard = 1, from = 8, to = 10}        | ranges that overlap
          {shard = 0}, {shard = 1}                                   | two entries for all other keys
          {shard = 0, value = ["1"]}                                 | unknown key
          """)
  void a_fault_is_told(String entries, String message) {
    assertThatThrownBy(() -> config("columns = [\"id\"]\nmapping = [" + entries + "]"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }

  @Test
  void ranges_are_of_numbers() {
    assertThatThrownBy(() ->
            config("columns = [\"id\"]\ntypes = [\"text\"]\nmapping = [{shard = 0, from = 1}]"))
        .hasMessageContaining("ranges are of smallint, integer or bigint");
  }

  @Test
  void a_table_on_one_shard_has_no_key() {
    assertThatThrownBy(() -> config("columns = [\"id\"]\nshard = 1"))
        .hasMessageContaining("has no key");
  }
}
