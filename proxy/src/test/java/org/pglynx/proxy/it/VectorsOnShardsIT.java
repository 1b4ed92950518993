package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pglynx.proxy.it.ProxyUnderTest.run;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

/**
 * Vectors, each on the shard of the nearest centroid. They are real[] here, with an operator {@code
 * <->} of the test's own: pgvector is not among the servers at hand; its forms are read by {@code
 * KeyVectorTest}.
 */
class VectorsOnShardsIT {
  private static final int SHARDS = 3;
  private static final int ROWS = 300;
  private static final String NEAREST = "[[0, 0], [10, 0], [0, 10], [10, 10]]";

  @RegisterExtension
  static final ProxyUnderTest PROXY =
      ProxyUnderTest.deferring(4)
          .general("two_phase_commit_dir = \"" + ShardTransactionsIT.directory() + "\"")
          .shards(SHARDS)
          .pool(
              "[[pools.app.sharded_tables]]",
              "name = \"items\"",
              "columns = [\"v\"]",
              "types = [\"real[]\"]",
              "centroids = " + NEAREST,
              "[[pools.app.sharded_tables]]",
              "name = \"probed\"",
              "columns = [\"v\"]",
              "types = [\"real[]\"]",
              "centroids = " + NEAREST,
              "centroid_probes = 1");

  private static final String DISTANCE =
      "CREATE FUNCTION far(a real[], b real[]) RETURNS double precision LANGUAGE sql IMMUTABLE AS"
          + " 'SELECT sqrt(sum((x::float8 - y) ^ 2)) FROM unnest(a, b) AS u(x, y)'";

  /** The number of the nearest centroid, as the server computes it. */
  private static final String CENTROID =
      "(SELECT n - 1 FROM unnest(ARRAY[0, 10, 0, 10], ARRAY[0, 0, 10, 10]) WITH ORDINALITY"
          + " AS c(x, y, n) ORDER BY far(v, ARRAY[c.x, c.y]::real[]), n LIMIT 1) % 3";

  private static final List<float[]> VECTORS = new ArrayList<>();

  @BeforeAll
  static void create() throws SQLException {
    for (int shard = 0; shard < SHARDS; shard++) {
      PROXY
          .postgres()
          .execute(
              PROXY.shardDatabase(shard),
              DISTANCE,
              "CREATE OPERATOR <-> (LEFTARG = real[], RIGHTARG = real[], FUNCTION = far)",
              "CREATE TABLE items (id int, v real[])",
              "CREATE TABLE probed (id int, v real[])");
    }
    Random random = new Random(11);
    for (int i = 0; i < ROWS; i++) {
      VECTORS.add(new float[] {random.nextFloat() * 12 - 1, random.nextFloat() * 12 - 1});
    }
    fill();
  }

  /** Thirds as parameters, as literals of both kinds in one statement, and by COPY. */
  private static void fill() throws SQLException {
    try (Connection client = PROXY.connect("prepareThreshold", "-1")) {
      for (String table : List.of("items", "probed")) {
        try (PreparedStatement insert =
            client.prepareStatement("INSERT INTO " + table + " (id, v) VALUES (?, ?)")) {
          for (int i = 0; i < 100; i++) {
            insert.setInt(1, i);
            insert.setObject(2, VECTORS.get(i));
            insert.executeUpdate();
          }
        }
        StringBuilder rows = new StringBuilder();
        for (int i = 100; i < 200; i++) {
          float[] v = VECTORS.get(i);
          rows.append(i == 100 ? "" : ", ").append("(").append(i).append(", ");
          rows.append(
              i % 2 == 0
                  ? "ARRAY[" + v[0] + ", " + v[1] + "]::real[])"
                  : "'{" + v[0] + "," + v[1] + "}')");
        }
        run(client, "INSERT INTO " + table + " (id, v) VALUES " + rows);
        StringBuilder data = new StringBuilder();
        for (int i = 200; i < ROWS; i++) {
          float[] v = VECTORS.get(i);
          data.append(i).append("\t{").append(v[0]).append(',').append(v[1]).append("}\n");
        }
        client
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyIn(
                "COPY " + table + " (id, v) FROM STDIN",
                new ByteArrayInputStream(data.toString().getBytes(StandardCharsets.UTF_8)));
      }
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String there(int shard, String sql) {
    return PROXY.postgres().value(PROXY.shardDatabase(shard), sql);
  }

  @Test
  void each_vector_is_on_the_shard_of_the_nearest_centroid() {
    int all = 0;
    for (int shard = 0; shard < SHARDS; shard++) {
      assertThat(there(shard, "SELECT count(*) FROM items WHERE " + CENTROID + " <> " + shard))
          .isEqualTo("0");
      all += Integer.parseInt(there(shard, "SELECT count(*) FROM items"));
    }
    assertThat(all).isEqualTo(ROWS);
  }

  private static List<Integer> nearest(double x, double y, int count) {
    return java.util.stream.IntStream.range(0, ROWS)
        .boxed()
        .sorted(
            java.util.Comparator.comparingDouble(
                i -> Math.hypot(VECTORS.get(i)[0] - x, VECTORS.get(i)[1] - y)))
        .limit(count)
        .toList();
  }

  private static List<Integer> ids(ResultSet rows) throws SQLException {
    List<Integer> ids = new ArrayList<>();
    while (rows.next()) {
      ids.add(rows.getInt(1));
    }
    return ids;
  }

  @ParameterizedTest
  @ValueSource(strings = {"5,5", "0.2,0.1", "9.5,4.9", "-3,20"})
  void the_nearest_rows_are_those_of_all_shards(String point) throws SQLException {
    double x = Double.parseDouble(point.split(",")[0]);
    double y = Double.parseDouble(point.split(",")[1]);
    try (Connection client = PROXY.connect("prepareThreshold", "-1");
        Statement plain = client.createStatement();
        PreparedStatement bound =
            client.prepareStatement("SELECT id FROM items ORDER BY v <-> ?::real[] LIMIT 15")) {
      // when
      bound.setObject(1, new float[] {(float) x, (float) y});

      // then
      assertThat(ids(bound.executeQuery())).isEqualTo(nearest(x, y, 15));
      assertThat(
              ids(
                  plain.executeQuery(
                      "SELECT id, v <-> '{%s}' AS d FROM items ORDER BY d LIMIT 15"
                          .formatted(point))))
          .isEqualTo(nearest(x, y, 15));
      assertThat(
              ids(
                  plain.executeQuery(
                      "SELECT id FROM items ORDER BY v <-> ARRAY[%s]::real[] LIMIT 15 OFFSET 5"
                          .formatted(point))))
          .isEqualTo(nearest(x, y, 20).subList(5, 20));
    }
  }

  @Test
  void probes_ask_the_shards_of_the_nearest_centroids_alone() throws SQLException {
    try (Connection client = PROXY.connect("prepareThreshold", "-1");
        Statement plain = client.createStatement();
        PreparedStatement bound =
            client.prepareStatement("SELECT id FROM probed ORDER BY v <-> ? LIMIT 5")) {
      // when the point is amid the cell of the second centroid
      bound.setObject(1, new float[] {9.5f, 0.5f});

      // then the one shard that is asked has all of the nearest
      assertThat(ids(bound.executeQuery())).isEqualTo(nearest(9.5, 0.5, 5));
      List<Integer> near =
          ids(plain.executeQuery("SELECT id FROM probed ORDER BY v <-> '{5.1,4.9}' LIMIT 60"));
      assertThat(near).hasSize(60);
      assertThat(
              there(
                  1,
                  "SELECT count(*) FROM probed WHERE id = ANY ('{%s}')"
                      .formatted(String.join(",", near.stream().map(String::valueOf).toList()))))
          .isEqualTo("60");
      // and what is no such query sees all rows
      assertThat(ids(plain.executeQuery("SELECT id FROM probed ORDER BY v <-> '{5,5}'")))
          .hasSize(ROWS);
      assertThat(ids(plain.executeQuery("SELECT count(*) FROM probed"))).containsExactly(ROWS);
    }
  }

  @Test
  void a_vector_is_found_by_its_value_and_moves_with_it() throws SQLException {
    try (Connection client = PROXY.connect()) {
      run(client, "INSERT INTO probed (id, v) VALUES (9000, '{0.5,0.25}')");
      assertThat(ProxyUnderTest.value(client, "SELECT id FROM probed WHERE v = '{0.5,0.25}'"))
          .isEqualTo("9000");

      run(client, "UPDATE probed SET v = '{10.5,0.25}' WHERE id = 9000");
      assertThat(there(1, "SELECT count(*) FROM probed WHERE id = 9000")).isEqualTo("1");

      run(client, "DELETE FROM probed WHERE v = '{10.5,0.25}'");
      assertThat(ProxyUnderTest.value(client, "SELECT count(*) FROM probed WHERE id = 9000"))
          .isEqualTo("0");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"'{1,NaN}'", "'{1,2,3}'", "'{{1,2},{3,4}}'", "NULL", "'{1,NULL}'"})
  void what_has_no_nearest_centroid_is_not_stored(String vector) throws SQLException {
    try (Connection client = PROXY.connect()) {
      assertThatThrownBy(
              () -> run(client, "INSERT INTO items (id, v) VALUES (9001, " + vector + ")"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isIn("22P02", "23514", "23502"));
      assertThat(ProxyUnderTest.value(client, "SELECT count(*) FROM items WHERE id = 9001"))
          .isEqualTo("0");
    }
  }
}
