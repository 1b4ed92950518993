package org.pglynx.proxy.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pglynx.proxy.config.ShardingConfig;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.wire.Oid;

/** The texts that shards run in place of the client's. */
class WaysPlannerTest {
  private static final TableRules RULES =
      new TableRules(
          new ShardingConfig(
              List.of(
                  new ShardingConfig.Table(
                      "t",
                      List.of(new ShardingConfig.Column("id", ShardingConfig.Type.BIGINT)),
                      ShardingConfig.Function.HASH)),
              ShardingConfig.Function.HASH,
              Set.of("ref"),
              new ShardingConfig.DefaultShard(0),
              new ShardingConfig.Hints(Optional.empty(), Optional.empty(), 1_000),
              1 << 20),
          3);

  private static List<Way> ways(String sql) {
    if (StatementPlanner.plan(sql, RULES) instanceof Plan.Keyed keyed
        && keyed.together().get().run(Arguments.NONE, new int[0]) instanceof GatherRun run) {
      return run.plan().ways();
    }
    throw new AssertionError(sql + " is not gathered");
  }

  private static Way.Collected collected(String sql) {
    return ways(sql).stream()
        .filter(Way.Collected.class::isInstance)
        .map(Way.Collected.class::cast)
        .findFirst()
        .orElseThrow();
  }

  private static String source(String sql) {
    return collected(sql).sources().getFirst().replace(", " + Collected.SETTINGS, "");
  }

  private static @Nullable String last(String sql, int... types) {
    String text = collected(sql).last().of(1, List.of(types));
    return text == null ? null : text.substring(text.indexOf("SELECT", text.indexOf("ROWS FROM")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SELECT a, count(*) FROM t GROUP BY a                  | SELECT (a), count(*) FROM t GROUP BY 1
          SELECT avg(b) FROM t WHERE b > 1                      | SELECT sum(b), count(b) FROM t WHERE b > 1
          SELECT max(b) - min(b), max(b) FROM t                 | SELECT max(b), min(b) FROM t
          SELECT a FROM t GROUP BY a HAVING sum(b) > 2          | SELECT (a), sum(b) FROM t GROUP BY 1
          SELECT DISTINCT a, b FROM t ORDER BY b LIMIT 2        | SELECT (a), (b) FROM t GROUP BY 1, 2
          SELECT upper(a) AS u, sum(b) FROM t GROUP BY 1        | SELECT (upper(a)), sum(b) FROM t GROUP BY 1
          SELECT sum(b) FILTER (WHERE b > 1) + 1 FROM t         | SELECT sum(b) FILTER (WHERE b > 1) FROM t
          SELECT a FROM t ORDER BY b LIMIT 2 OFFSET 3           | SELECT a, (b) FROM t ORDER BY b LIMIT least((2)::numeric + coalesce((3)::numeric, 0), 9223372036854775807)::bigint
          SELECT * FROM t ORDER BY lower(a) DESC LIMIT 4        | SELECT *, (lower(a)) FROM t ORDER BY lower(a) DESC LIMIT 4
          SELECT id, max(a) AS m FROM t GROUP BY id ORDER BY m OFFSET 1 | SELECT id, max(a) AS m FROM t GROUP BY id ORDER BY m
          SELECT count(DISTINCT a) FROM t WHERE b > 1           | SELECT "t".* FROM "t" AS "t" WHERE (b > 1)
          SELECT x.a FROM t x LEFT JOIN t y ON x.a = y.b WHERE y.a IS NULL | SELECT "x".* FROM "t" AS "x"
          SELECT r.a FROM ref r LEFT JOIN t ON t.a = r.a WHERE t.b IS NULL | SELECT "t".* FROM "t" AS "t"
          SELECT 1 FROM t, ref r WHERE t.a = r.a AND t.b = 2 AND r.a = 1 AND rank() OVER () = 1 | SELECT "t".* FROM "t" AS "t" WHERE (t.b = 2)
          """)
  void each_shard_gives_what_is_needed(String sql, String expected) {
    assertThat(source(sql)).isEqualTo(expected);
  }

  @Test
  void one_server_makes_the_result_of_groups() {
    assertThat(
            last(
                "SELECT a, count(*), avg(b) FROM t GROUP BY a HAVING count(*) > 1 ORDER BY 2 DESC, a",
                Oid.TEXT,
                Oid.INT8,
                Oid.INT8,
                Oid.INT8))
        .isEqualTo(
            "SELECT pglynx_1, coalesce(pg_catalog.sum(pglynx_2), 0)::pg_catalog.int8,"
                + " (pg_catalog.sum(pglynx_3)::numeric / nullif(pg_catalog.sum(pglynx_4), 0))"
                + " FROM pglynx_all GROUP BY pglynx_1"
                + " HAVING coalesce(pg_catalog.sum(pglynx_2), 0)::pg_catalog.int8 > 1"
                + " ORDER BY 2 DESC, 1");
  }

  @Test
  void one_server_orders_by_what_is_not_shown() {
    assertThat(last("SELECT a FROM t ORDER BY b DESC LIMIT 2 OFFSET 3", Oid.TEXT, Oid.INT4))
        .isEqualTo("SELECT pglynx_1 FROM pglynx_all ORDER BY pglynx_2 DESC LIMIT 2 OFFSET 3");
  }

  @Test
  void types_without_a_name_here_are_left_to_rows() {
    String sql = "SELECT a, sum(b) FROM t GROUP BY a";

    assertThat(last(sql.replace("sum", "avg"), Oid.TEXT, Oid.FLOAT4, Oid.INT8)).isNull();
    assertThat(collected(sql).last().of(1, List.of(new int[] {99_999, Oid.INT8}))).isNull();
    assertThat(ways(sql)).hasSize(2);
  }

  @Test
  void rows_of_tables_take_the_place_of_tables() {
    String sql = "WITH w AS (SELECT a FROM t) SELECT x.a, t.b FROM t AS x, w, t WHERE x.a = t.b";

    assertThat(collected(sql).last().of(1, List.of()))
        .isEqualTo(
            "WITH pglynx_all_1 AS (SELECT * FROM pg_catalog.unnest($1::\"t\"[])), w AS (SELECT a FROM"
                + " pglynx_all_1 AS \"t\") SELECT x.a, t.b FROM pglynx_all_1 AS x, w, pglynx_all_1"
                + " AS \"t\" WHERE x.a = t.b");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SELECT upper(a) AS b, count(*) FROM t GROUP BY b
          SELECT upper(a) b, count(*) FROM t GROUP BY b
          SELECT a, c FROM t GROUP BY a
          SELECT x.a, ref.a FROM t x, ref GROUP BY x.a
          SELECT a FROM t GROUP BY GROUPING SETS (a)
          SELECT sum(DISTINCT b) FROM t
          SELECT date_trunc('minute', now()), count(*) FROM t GROUP BY 1
          SELECT DISTINCT current_date, a FROM t
          SELECT 1 FROM t HAVING true
          """)
  void what_may_mean_something_else_over_groups_is_left_to_rows(String sql) {
    List<Way> ways = ways(sql);

    assertThat(ways).hasSize(1);
    assertThat(collected(sql).wholeRows()).isTrue();
  }
}
