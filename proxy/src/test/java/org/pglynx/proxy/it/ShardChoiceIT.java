package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.it.ProxyUnderTest.run;
import static org.pglynx.proxy.it.ProxyUnderTest.value;
import static org.pglynx.proxy.it.RawConnection.bind;
import static org.pglynx.proxy.it.RawConnection.execute;
import static org.pglynx.proxy.it.RawConnection.parse;
import static org.pglynx.proxy.it.RawConnection.sync;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * pgcat's commands and comments that choose a shard, and where statements go that choose none
 * (pgcat 1.3, query_router.rs and config.rs): the same words, tags and columns; more forms, and
 * inside of transactions and in the extended protocol, too.
 */
class ShardChoiceIT {
  private static final int SHARDS = 3;
  private static final String[] COMMENTS = {
    "shard_id_regex = '/\\* shard_id: (\\d+) \\*/'",
    "sharding_key_regex = '/\\* sharding_key: (\\d+) \\*/'",
    "regex_search_limit = 60"
  };

  @RegisterExtension
  static final ProxyUnderTest LAST =
      ProxyUnderTest.deferring(4)
          .shards(SHARDS)
          .pool(COMMENTS)
          .pool("default_shard = \"shard_2\"", "sharding_function = \"sha1\"");

  @RegisterExtension
  static final ProxyUnderTest RANDOM =
      ProxyUnderTest.deferring(4).shards(SHARDS).pool("default_shard = \"random\"");

  @RegisterExtension
  static final ProxyUnderTest HEALTHY =
      ProxyUnderTest.deferring(4)
          .shards(SHARDS)
          .pool("default_shard = \"random_healthy\"")
          .general("worker_threads = 1");

  private static String here(RawConnection client) {
    return client.value("SELECT current_database()");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "SET SHARD TO '1'                | C:SET SHARD        | 1",
        "set  shard to 1 ;               | C:SET SHARD        | 1",
        "  SET SHARD TO 0                | C:SET SHARD        | 0",
        "SET SHARDING KEY TO '4'         | C:SET SHARDING KEY | 0",
        "SET SHARDING KEY TO 7           | C:SET SHARDING KEY | 1",
        "Set Sharding Key To '3';        | C:SET SHARDING KEY | 0"
      })
  void a_command_chooses_until_the_next_one(String command, String tag, int shard) {
    try (RawConnection client = LAST.raw()) {
      assertThat(client.value("SHOW SHARD")).isEqualTo("unset");
      assertThat(client.ask(command)).containsExactly(tag, "Z:I");
      for (int i = 0; i < 3; i++) {
        assertThat(here(client)).isEqualTo(LAST.shardDatabase(shard));
      }
      assertThat(client.value("SHOW SHARD")).isEqualTo(String.valueOf(shard));
      assertThat(client.ask("show shard;").getLast()).isEqualTo("Z:I");

      client.send(parse("", command), bind("", ""), execute("", 0), sync());
      assertThat(client.shapes(1)).contains(tag);
      assertThat(here(client)).isEqualTo(LAST.shardDatabase(shard));
    }
  }

  @Test
  void any_is_one_by_chance_and_stays() {
    Set<String> seen = new TreeSet<>();
    for (int i = 0; i < 60 && seen.size() < SHARDS; i++) {
      try (RawConnection client = RANDOM.raw()) {
        assertThat(client.ask("SET SHARD TO ANY")).containsExactly("C:SET SHARD", "Z:I");
        String first = here(client);
        for (int again = 0; again < 5; again++) {
          assertThat(here(client)).isEqualTo(first);
        }
        seen.add(client.value("SHOW SHARD"));
      }
    }
    assertThat(seen).containsExactly("0", "1", "2");
  }

  @Test
  void a_shard_that_is_not_there_is_an_error_and_the_choice_stays() {
    try (RawConnection client = LAST.raw()) {
      client.ask("SET SHARD TO 1");
      assertThat(client.value("SET SHARD TO 3"))
          .contains("22023")
          .contains("shard 3 is not configured");
      assertThat(client.value("SHOW SHARD")).isEqualTo("1");
    }
  }

  /** pgcat gives them to the server there, which knows none of them. */
  @Test
  void commands_are_known_in_a_transaction() {
    try (RawConnection client = LAST.raw()) {
      client.ask("BEGIN");
      assertThat(client.ask("SET SHARD TO 1")).containsExactly("C:SET SHARD", "Z:T");
      assertThat(here(client)).isEqualTo(LAST.shardDatabase(1));
      assertThat(client.ask("COMMIT")).containsExactly("C:COMMIT", "Z:I");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "SET LOCAL SHARD TO 1           | COMMIT",
        "set local sharding key to '7'; | ROLLBACK",
        "SET LOCAL SHARD TO '1'         | end"
      })
  void a_local_choice_ends_with_its_transaction(String command, String end) {
    try (RawConnection client = LAST.raw()) {
      client.ask("SET SHARD TO 0");
      client.ask("BEGIN");
      assertThat(client.ask(command)).containsExactly("C:SET", "Z:T");
      assertThat(client.value("SHOW SHARD")).isEqualTo("1");
      assertThat(here(client)).isEqualTo(LAST.shardDatabase(1));

      client.ask(end);
      assertThat(client.value("SHOW SHARD")).isEqualTo("0");
      assertThat(here(client)).isEqualTo(LAST.shardDatabase(0));
    }
  }

  @Test
  void a_local_choice_is_not_taken_into_a_transaction_that_is_begun_amid_a_text() {
    try (RawConnection client = LAST.raw()) {
      client.ask("BEGIN");
      client.ask("SET LOCAL SHARD TO 1");

      assertThat(client.value("COMMIT AND CHAIN")).contains("0A000").contains("must come alone");

      client.ask("ROLLBACK");
      assertThat(client.value("SHOW SHARD")).isEqualTo("unset");
    }
  }

  @Test
  void a_local_choice_needs_a_transaction() {
    try (RawConnection client = LAST.raw()) {
      assertThat(client.value("SET LOCAL SHARD TO 1"))
          .contains("25P01")
          .contains("for the rest of a transaction only");
      assertThat(client.value("SHOW SHARD")).isEqualTo("unset");
    }
  }

  /** pgcat's comment holds for what follows, too, which then runs in the wrong place. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/* shard_id: 1 */ SELECT current_database()                          | 1",
        "/* sharding_key: 7 */ SELECT current_database()                      | 1",
        "/* shard_id: 0 */ /* sharding_key: 7 */ SELECT current_database()    | 0",
        "/* sharding_key: 7 */ /* shard_id: 0 */ SELECT current_database()    | 0",
        "/* a comment that is longer than what is searched, by far, by far */"
            + " SELECT current_database() /* shard_id: 0 */ | 2"
      })
  void a_comment_chooses_for_its_statement_in_both_protocols(String sql, int shard) {
    try (RawConnection client = LAST.raw()) {
      assertThat(client.value(sql)).isEqualTo(LAST.shardDatabase(shard));
      client.send(parse("", sql), bind("", ""), execute("", 0), sync());
      assertThat(client.untilReady().stream().filter(each -> each.tag() == 'D'))
          .singleElement()
          .extracting(row -> new String(row.body(), java.nio.charset.StandardCharsets.UTF_8))
          .asString()
          .endsWith(LAST.shardDatabase(shard));
      assertThat(here(client)).isEqualTo(LAST.shardDatabase(2));
    }
  }

  private static Set<String> seen(ProxyUnderTest proxy, int times) throws SQLException {
    Set<String> seen = new TreeSet<>();
    try (Connection client = proxy.connect("preferQueryMode", "simple")) {
      for (int i = 0; i < times; i++) {
        seen.add(String.valueOf(value(client, "SELECT current_database()")));
      }
    }
    return seen;
  }

  private static Set<String> shards(ProxyUnderTest proxy, int... numbers) {
    Set<String> names = new TreeSet<>();
    for (int number : numbers) {
      names.add(proxy.shardDatabase(number));
    }
    return names;
  }

  @Test
  void what_chooses_no_shard_goes_to_the_one_configured() throws SQLException {
    assertThat(seen(LAST, 10)).isEqualTo(shards(LAST, 2));
  }

  @Test
  void what_chooses_no_shard_goes_to_any_by_chance() throws SQLException {
    assertThat(seen(RANDOM, 100)).isEqualTo(shards(RANDOM, 0, 1, 2));
  }

  @Test
  void what_chooses_no_shard_goes_to_one_that_is_to_be_reached() throws SQLException {
    assertThat(seen(HEALTHY, 100)).isEqualTo(shards(HEALTHY, 0, 1, 2));
    try (Connection client = HEALTHY.connect("preferQueryMode", "simple")) {
      // when
      admits(HEALTHY.shardDatabase(1), false);
      Eventually.equal(() -> letsNobodyIn(client, 1), true);

      // then
      assertThat(seen(HEALTHY, 100)).isEqualTo(shards(HEALTHY, 0, 2));
    } finally {
      admits(HEALTHY.shardDatabase(1), true);
    }
  }

  private static void admits(String database, boolean clients) {
    HEALTHY
        .postgres()
        .execute(
            "postgres",
            "ALTER DATABASE " + database + " ALLOW_CONNECTIONS " + clients,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"
                + database
                + "'");
  }

  /**
   * Whether the shard lets nobody in; a connection that has just been ended says something else.
   */
  private static boolean letsNobodyIn(Connection client, int shard) {
    try {
      run(client, "SET SHARD TO " + shard);
      value(client, "SELECT 1");
      return false;
    } catch (SQLException e) {
      return String.valueOf(e.getMessage()).contains("not currently accepting connections");
    } finally {
      unset(client);
    }
  }

  private static void unset(Connection client) {
    try {
      run(client, "SET SHARD TO DEFAULT");
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }
}
