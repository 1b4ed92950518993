package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.it.RawConnection.bind;
import static org.pglynx.proxy.it.RawConnection.describeStatement;
import static org.pglynx.proxy.it.RawConnection.execute;
import static org.pglynx.proxy.it.RawConnection.parse;
import static org.pglynx.proxy.it.RawConnection.sync;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Types that the schema makes, such as enums, have another number on each shard. */
class OwnTypesOnShardsIT {
  private static final int SHARDS = 3;
  private static final int INT8 = 20;

  @RegisterExtension
  static final ProxyUnderTest PROXY =
      ProxyUnderTest.deferring(4)
          .general("two_phase_commit_dir = \"" + ShardTransactionsIT.directory() + "\"")
          .shards(SHARDS)
          .pool("[[pools.app.sharded_tables]]", "name = \"moods\"", "columns = [\"id\"]");

  @BeforeAll
  static void create() throws SQLException {
    for (int shard = 0; shard < SHARDS; shard++) {
      for (int other = 0; other < shard; other++) {
        PROXY
            .postgres()
            .execute(PROXY.shardDatabase(shard), "CREATE TYPE t" + other + " AS (a int)");
      }
      PROXY
          .postgres()
          .execute(
              PROXY.shardDatabase(shard),
              "CREATE TYPE mood AS ENUM ('sad', 'ok', 'a')",
              "CREATE TABLE moods (id bigint, mood mood, more mood[])");
    }
    try (Connection client = PROXY.connect()) {
      ProxyUnderTest.run(
          client,
          "INSERT INTO moods (id, mood, more) VALUES (1, 'a', '{ok}'), (2, 'sad', NULL),"
              + " (3, 'ok', '{a,sad}'), (4, NULL, '{}'), (5, 'ok', NULL)");
    }
  }

  private static List<String> rows(String mode, String sql, String... values) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Connection client = PROXY.connect("preferQueryMode", mode);
        PreparedStatement statement = client.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setString(i + 1, values[i]);
      }
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          rows.add(result.getString(1));
        }
      }
    }
    return rows;
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void their_values_are_merged(String mode) throws SQLException {
    assertThat(rows(mode, "SELECT mood FROM moods WHERE id > 0"))
        .containsExactlyInAnyOrder("a", "sad", "ok", null, "ok");
    assertThat(rows(mode, "SELECT more FROM moods WHERE id IN (1, 3)"))
        .containsExactlyInAnyOrder("{ok}", "{a,sad}");
    assertThat(rows(mode, "SELECT moods FROM moods WHERE mood = 'ok'"))
        .containsExactlyInAnyOrder("(3,ok,\"{a,sad}\")", "(5,ok,)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void they_are_ordered_and_grouped_as_they_were_declared(String mode) throws SQLException {
    assertThat(rows(mode, "SELECT mood FROM moods ORDER BY mood DESC NULLS LAST"))
        .containsExactly("a", "ok", "ok", "sad", null);
    assertThat(rows(mode, "SELECT max(mood) FROM moods")).containsExactly("a");
    assertThat(
            rows(
                mode, "SELECT mood || '' || count(*) FROM moods GROUP BY mood HAVING count(*) > 1"))
        .containsExactly("ok2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void what_writes_returns_them(String mode) throws SQLException {
    assertThat(rows(mode, "UPDATE moods SET mood = mood RETURNING mood"))
        .containsExactlyInAnyOrder("a", "sad", "ok", null, "ok");
    assertThat(rows(mode, "SELECT id FROM moods WHERE mood = ?::mood ORDER BY id", "ok"))
        .containsExactly("3", "5");
  }

  /** What the client gets of one key after another with a statement that it has had described. */
  private static List<String> runs(String sql, String[]... arguments) {
    List<String> told = new ArrayList<>();
    try (RawConnection client = PROXY.raw()) {
      client.send(parse("s", sql, INT8), describeStatement("s"), sync()).untilReady();
      for (String[] values : arguments) {
        client.send(bind("", "s", values), execute("", 0), sync());
        client.untilReady().stream()
            .filter(message -> message.tag() == 'D' || message.tag() == 'E')
            .map(message -> message.tag() == 'D' ? firstValue(message) : message.shape())
            .forEach(told::add);
      }
    }
    return told;
  }

  private static String firstValue(RawConnection.Message row) {
    ByteBuffer body = ByteBuffer.wrap(row.body());
    int length = body.getInt(Short.BYTES);
    return new String(row.body(), Short.BYTES + Integer.BYTES, length, StandardCharsets.UTF_8);
  }

  @Test
  void a_described_statement_that_returns_them_runs_on_each_shard() {
    assertThat(
            runs(
                "SELECT mood FROM moods WHERE id = $1",
                new String[] {"1"},
                new String[] {"2"},
                new String[] {"3"},
                new String[] {"5"}))
        .containsExactly("a", "sad", "ok", "ok");
    assertThat(
            runs(
                "SELECT more FROM moods WHERE id = $1",
                new String[] {"1"},
                new String[] {"3"},
                new String[] {"4"}))
        .containsExactly("{ok}", "{a,sad}", "{}");
  }

  @Test
  void a_described_statement_that_takes_them_runs_on_each_shard() {
    assertThat(
            runs(
                "SELECT id FROM moods WHERE id = $1 AND mood = $2",
                new String[] {"1", "a"},
                new String[] {"2", "sad"},
                new String[] {"3", "ok"},
                new String[] {"5", "ok"}))
        .containsExactly("1", "2", "3", "5");
  }
}
