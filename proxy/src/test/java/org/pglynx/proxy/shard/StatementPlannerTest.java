package org.pglynx.proxy.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.proxy.commit.CommitPolicy;
import org.pglynx.proxy.config.ShardingConfig;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.Merging;
import org.pglynx.proxy.relay.ShardRoute;
import org.pglynx.proxy.relay.Shards;
import org.pglynx.proxy.relay.TransactionEffect;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.relay.UpstreamProvider;
import org.pglynx.proxy.wire.Oid;

/** Where statements go, without a server: keys 1 to 9 live on 2 0 1 0 2 0 1 0 2. */
class StatementPlannerTest {
  private static final ShardingConfig CONFIG =
      new ShardingConfig(
          List.of(
              table("t", "id"),
              table("u", "t_id"),
              new ShardingConfig.Table(
                  "v",
                  List.of(new ShardingConfig.Column("name", ShardingConfig.Type.TEXT)),
                  ShardingConfig.Function.HASH)),
          ShardingConfig.Function.HASH,
          Set.of("ref"),
          new ShardingConfig.DefaultShard(1),
          new ShardingConfig.Hints(Optional.empty(), Optional.empty(), 1_000),
          1 << 20);

  private static ShardingConfig.Table table(String name, String column) {
    return new ShardingConfig.Table(
        name,
        List.of(new ShardingConfig.Column(column, ShardingConfig.Type.BIGINT)),
        ShardingConfig.Function.HASH);
  }

  /** Has a name, and no servers. */
  private record Named(String name) implements UpstreamProvider {
    @Override
    public Upstream open(Waiter waiter) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void withdraw(Waiter waiter) {
      throw new UnsupportedOperationException();
    }
  }

  private final Shards shards =
      new ShardedDatabase(CONFIG, 3)
          .on(
              List.of(new Named("0"), new Named("1"), new Named("2")),
              new CommitPolicy(Runnable::run, "app/postgres", null));

  private String route(String sql, Arguments arguments, int... types) {
    return route(shards, sql, arguments, types);
  }

  private static String route(Shards shards, String sql, Arguments arguments, int... types) {
    return switch (shards.statement(sql).route(arguments, types, shards)) {
      case ShardRoute.To to ->
          to.servers() instanceof Named named
              ? named.name()
              : shards(to.servers()) + " " + how(Objects.requireNonNull(to.how()));
      case ShardRoute.Stay stay -> stay.onOne() ? "one" : "stay";
      case ShardRoute.Unknown unknown -> "looked up";
      case ShardRoute.Refused refused -> refused.error().code();
    };
  }

  private static String shards(UpstreamProvider several) {
    String numbers =
        ((ScatterProvider) several)
            .members().stream().mapToObj(String::valueOf).collect(Collectors.joining("+"));
    return numbers.equals("0+1+2") ? "all" : numbers;
  }

  private static String how(Merging how) {
    return switch (how) {
      case MergeRun run -> run.plan().toString();
      case GatherRun run ->
          switch (run.plan().ways().getFirst()) {
            case Way.Streamed streamed -> streamed.plan().toString();
            case Way.Collected collected -> collected.wholeRows() ? "rows" : "parts";
          };
      case ExplainRun run -> "explained";
      default -> throw new AssertionError(how);
    };
  }

  private String route(String sql) {
    return route(sql, Arguments.NONE);
  }

  private static Arguments bound(boolean binary, byte[]... values) {
    return new Arguments(values, new short[] {(short) (binary ? 1 : 0)}, new short[0]);
  }

  /** Two schemas, each on a shard of its own. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SELECT * FROM acme.orders                                            | 2
          SELECT count(*) FROM acme.orders o JOIN acme.items i ON i.o = o.id   | 2
          SELECT * FROM acme.orders JOIN ref USING (code)                      | 2
          INSERT INTO acme.orders VALUES (1), (2)                              | 2
          UPDATE acme.orders SET a = 1                                         | 2
          DELETE FROM "acme".orders WHERE id = 3                               | 2
          INSERT INTO acme.orders DEFAULT VALUES                               | 2
          INSERT INTO acme.orders (a) VALUES ($1), ($2) RETURNING a            | 2
          CREATE TABLE acme.more (id int)                                      | 2
          ALTER TABLE acme.orders ADD COLUMN b int REFERENCES acme.items       | 2
          CREATE INDEX ON acme.orders (a)                                      | 2
          DROP TABLE acme.orders, zenith.orders                                | 0A000
          CREATE SCHEMA acme                                                   | all Same[]
          SELECT * FROM zenith.orders                                          | 0
          SELECT * FROM acme.orders UNION ALL SELECT * FROM zenith.orders      | 0A000
          SELECT * FROM acme.t WHERE id = 3                                    | 1
          """)
  void all_tables_of_a_schema_may_be_on_one_shard(String sql, String route) {
    Shards tenants =
        new ShardedDatabase(
                new ShardingConfig(
                    List.of(table("t", "id"), on(2, "acme.*"), on(0, "zenith.*")),
                    ShardingConfig.Function.HASH,
                    Set.of("ref"),
                    new ShardingConfig.DefaultShard(1),
                    new ShardingConfig.Hints(Optional.empty(), Optional.empty(), 1_000),
                    1 << 20),
                3)
            .on(
                List.of(new Named("0"), new Named("1"), new Named("2")),
                new CommitPolicy(Runnable::run, "app/postgres", null));

    assertThat(route(tenants, sql, Arguments.NONE)).isEqualTo(route);
  }

  private static ShardingConfig.Table on(int shard, String name) {
    return new ShardingConfig.Table(
        name,
        List.of(),
        ShardingConfig.Function.HASH,
        List.of(new ShardingConfig.Placement(shard, List.of(), null, null, true)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SELECT * FROM t WHERE id = 1                                         | 2
          SELECT * FROM t WHERE id = 2                                         | 0
          SELECT * FROM t WHERE 3 = id                                         | 1
          SELECT * FROM t AS x WHERE x.id = 3 AND x.a > 5                      | 1
          SELECT * FROM t WHERE ((id = 3))                                     | 1
          SELECT * FROM t WHERE id = -(-3)                                     | all Concat[]
          SELECT * FROM t WHERE id = -2                                        | 1
          SELECT * FROM t WHERE id IN (2, 4)                                   | 0
          SELECT * FROM t WHERE id = 3 AND id IN (1, 2)                        | 1
          SELECT * FROM t WHERE id = ANY ('{2,4}')                             | 0
          SELECT * FROM t WHERE id = ANY ('{"2", NULL}'::bigint[])             | 0
          SELECT * FROM t WHERE id = ANY ('{"2",NULL}'::bigint[])              | 0
          SELECT * FROM t WHERE id = SOME (ARRAY[3, 7])                        | 1
          SELECT * FROM t WHERE id = ANY (ARRAY[3, 7]::text[])                 | all Concat[]
          SELECT * FROM t WHERE id = ANY ('{{2,4}}')                           | all Concat[]
          SELECT * FROM t WHERE id = ANY (SELECT 2)                            | all Concat[]
          SELECT * FROM t WHERE 2 = ANY (ARRAY[id])                            | all Concat[]
          SELECT * FROM t, u WHERE t.id = u.t_id AND u.t_id = 3                | 1
          SELECT * FROM t JOIN u ON t.id = u.t_id WHERE t.id = 3               | 1
          SELECT * FROM t LEFT JOIN u ON t.id = u.t_id WHERE t.id = 3          | 1
          SELECT * FROM t LEFT JOIN u ON t.id = u.t_id AND t.id = 3            | all Concat[]
          SELECT * FROM ref LEFT JOIN t ON t.id = 3                            | 1
          SELECT * FROM ref LEFT JOIN t ON t.a = ref.a                         | all rows
          SELECT * FROM t RIGHT JOIN u ON t.id = u.t_id WHERE t.id = 3         | all rows
          SELECT * FROM t NATURAL JOIN u                                       | all rows
          SELECT * FROM t x NATURAL JOIN t y                                   | all Concat[]
          SELECT * FROM t NATURAL JOIN ref WHERE t.id = 3                      | 1
          SELECT * FROM t x NATURAL LEFT JOIN t y WHERE x.id = 3               | 1
          SELECT * FROM t x JOIN t y USING (id) AS j WHERE j.id = 3            | all Concat[]
          SELECT * FROM t JOIN (u JOIN ref ON true) ON t.id = u.t_id           | all Concat[]
          SELECT * FROM t JOIN (u CROSS JOIN ref) ON t.id = t_id WHERE id = 3  | 1
          SELECT * FROM t JOIN (ref LEFT JOIN u ON true) ON t.id = u.t_id      | all rows
          SELECT * FROM (t JOIN u ON t.id = u.t_id) AS x                       | 0A000
          SELECT FROM t LIMIT 2                                                | all Ordered[keys=[], limit=2]
          SELECT FROM t ORDER BY a                                             | all rows
          TABLE t                                                              | all rows
          WITH w AS (SELECT 1) INSERT INTO t (id) VALUES (3)                   | 1
          WITH w AS (SELECT 1) INSERT INTO t (id) VALUES (3), (2)              | 0A000
          WITH w AS (SELECT a FROM u WHERE t_id = 3) DELETE FROM t USING w WHERE t.id = 7 | 1
          WITH w AS (SELECT a FROM u) DELETE FROM t USING w WHERE t.id = 7     | 0A000
          WITH w AS (INSERT INTO t (id) VALUES (3) RETURNING *) SELECT * FROM w | 1
          WITH w AS (UPDATE t SET a = 1 WHERE id = 3 RETURNING *) SELECT * FROM w, u WHERE t_id = 7 | 1
          WITH w AS (UPDATE t SET a = 1 WHERE id = 3 RETURNING *) SELECT * FROM w, u | 0A000
          WITH w AS (DELETE FROM t RETURNING *) SELECT count(*) FROM w         | 0A000
          WITH w AS (UPDATE t SET id = 2 WHERE id = 3 RETURNING *) SELECT 1    | 0A000
          WITH w AS (UPDATE ref SET a = 1 RETURNING *) SELECT * FROM t WHERE id = 3 | 0A000
          WITH w AS (DELETE FROM t WHERE id = 3 RETURNING *) INSERT INTO u (t_id) SELECT 7 FROM w | 1
          WITH w AS (DELETE FROM t WHERE id = 3 RETURNING *) INSERT INTO u (t_id) SELECT id FROM w | 0A000
          WITH t AS (SELECT 3 AS id) UPDATE u SET a = t.id FROM t WHERE t_id = 3 | 1
          SELECT pg_advisory_lock(5)                                           | 0
          SELECT pg_catalog.pg_try_advisory_xact_lock(5, 6)                    | 0
          SELECT pg_advisory_unlock_all()                                      | 0
          SELECT pg_advisory_lock(a) FROM t WHERE id = 3                       | 0A000
          SELECT * FROM ref                                                    | one
          SELECT 1                                                             | one
          SELECT * FROM t                                                      | all Concat[]
          SELECT count(*) FROM t                                               | all Fold[columns=[COUNT]]
          SELECT a FROM t ORDER BY a DESC LIMIT 3                              | all Ordered[keys=[SortKey[column=0, descending=true, nullsFirst=true]], limit=3]
          SELECT id, count(*) FROM t GROUP BY id                               | all Concat[]
          SELECT a, count(*) FROM t GROUP BY a                                 | all parts
          SELECT DISTINCT a FROM t                                             | all parts
          SELECT a FROM t LIMIT 5 OFFSET 5                                     | all parts
          SELECT id, sum(count(*)) OVER () FROM t GROUP BY id                  | all rows
          SELECT json_arrayagg(id) FROM t                                      | 0A000
          SELECT json_objectagg('a' : a) FROM t                                | 0A000
          SELECT t.over FROM t                                                 | all Concat[]
          SELECT nextval('s') FROM t                                           | 0A000
          SELECT * FROM t JOIN u ON t.a = u.a                                  | all rows
          SELECT * FROM t WHERE id = 3 UNION SELECT * FROM t WHERE id = 7      | 1
          SELECT * FROM t WHERE id = 3 UNION SELECT * FROM t WHERE id = 2      | 0+1 rows
          SELECT * FROM t WHERE id IN (1, 2)                                   | 0+2 Concat[]
          SELECT count(*) FROM t WHERE id = ANY ('{1,2,4}')                    | 0+2 Fold[columns=[COUNT]]
          SELECT * FROM t WHERE id = 1 OR id = 2                               | 0+2 Concat[]
          SELECT * FROM t WHERE id = 2 OR id = 4 AND a = 1                     | 0
          SELECT * FROM t WHERE (id = 3 OR 7 = id) AND a > 1                   | 1
          SELECT * FROM t WHERE (id = 3 AND a = 1) OR (id IN (7, 2) AND a = 2) | 0+1 Concat[]
          SELECT * FROM t WHERE id = 3 OR id IN (SELECT 1)                     | all Concat[]
          SELECT * FROM t WHERE id = 3 OR id = 7 OR a = 1                      | all Concat[]
          SELECT * FROM t WHERE NOT (id = 3 OR id = 7)                         | all Concat[]
          SELECT * FROM t, u WHERE t.id = 3 AND (t.id = u.t_id OR u.a = 1)     | all rows
          SELECT * FROM t, u WHERE t.id = u.t_id AND (t.id = 3 OR u.t_id = 2)  | all Concat[]
          SELECT * FROM t, u WHERE t.id = u.t_id AND (t.id = 3 OR t.id = 2)    | 0+1 Concat[]
          DELETE FROM t WHERE id = 3 OR id = 7                                 | 1
          SELECT (SELECT max(a) FROM u WHERE t_id = t.id) FROM t WHERE id = 3  | 1
          SELECT * FROM t WHERE EXISTS (SELECT 1 FROM u WHERE t.id = 3)        | all rows
          SELECT * FROM s.t WHERE id = 3                                       | 1
          SELECT * FROM unknown                                                | 0A000
          INSERT INTO t (a, id) VALUES (1, 3)                                  | 1
          INSERT INTO t (a, id) VALUES (1, 3), (2, 7)                          | 1
          INSERT INTO t (a, id) VALUES (1, 3), (2, 2)                          | 0+1 Concat[]
          INSERT INTO t (a, id) VALUES (1, 3 + 0)                              | 0A000
          INSERT INTO t (a, id) VALUES (1, NULL)                               | 23502
          INSERT INTO t (id) VALUES (3) ON CONFLICT (id) DO UPDATE SET a = 1   | 1
          INSERT INTO t (id) VALUES (3) ON CONFLICT (id) DO UPDATE SET id = 4  | 0A000
          UPDATE t SET a = 1 WHERE id = 3                                      | 1
          UPDATE t SET a = 1                                                   | all Concat[]
          UPDATE t SET (a, id) = (1, 2) WHERE id = 3                           | 0A000
          UPDATE t SET id = 3, a = 2 WHERE id = 3                              | 1
          UPDATE t SET id = 7 WHERE id = 3                                     | 1
          UPDATE t SET id = 2 WHERE id = 3 AND a = (SELECT 1)                  | 0A000
          UPDATE t SET id = NULL WHERE id = 3                                  | 23502
          UPDATE t SET id = DEFAULT                                            | 0A000
          INSERT INTO u (t_id) SELECT id FROM t WHERE id = 3                   | 1
          INSERT INTO u (t_id) SELECT t.id FROM t                              | all Concat[]
          INSERT INTO u (t_id) SELECT a FROM t                                 | 0A000
          INSERT INTO u (t_id) SELECT 3 FROM ref                               | 1
          INSERT INTO ref SELECT a FROM t WHERE id = 3                         | 0A000
          INSERT INTO ref (a) (SELECT a FROM t)                                | 0A000
          INSERT INTO ref AS r (a) SELECT 1                                    | all Same[]
          SELECT nextval('s')                                                  | 0A000
          CREATE INDEX CONCURRENTLY ON t (a) ; SELECT 1                        | 0A000
          DELETE FROM t USING u WHERE t.id = u.t_id AND t.id = 3               | 1
          EXPLAIN (COSTS off) SELECT a FROM t WHERE id = 3                     | 1
          EXPLAIN SELECT count(*) FROM t                                       | all explained
          EXPLAIN (FORMAT JSON) SELECT a FROM t WHERE id IN (1, 2)             | 0+2 explained
          EXPLAIN ANALYZE SELECT nextval('s') FROM t                           | 0A000
          EXPLAIN UPDATE t SET a = 1                                           | all explained
          EXPLAIN ANALYZE UPDATE t SET a = 1                                   | 0A000
          EXPLAIN INSERT INTO t (a, id) VALUES (1, 3), (2, 2)                  | 0A000
          DECLARE c CURSOR FOR SELECT a FROM t WHERE id = 3                    | 1
          DECLARE c CURSOR WITH HOLD FOR SELECT a FROM t WHERE id IN (1, 2)    | 0+2 Concat[]
          DECLARE c NO SCROLL CURSOR FOR SELECT count(*) FROM t                | all Fold[columns=[COUNT]]
          DECLARE c SCROLL CURSOR FOR SELECT a FROM t                          | all parts
          DECLARE c BINARY CURSOR FOR SELECT a FROM t                          | 0A000
          DECLARE c CURSOR FOR SELECT nextval('s') FROM t                      | 0A000
          FETCH 3 FROM c                                                       | one
          MOVE c                                                               | one
          CLOSE c                                                              | stay
          CLOSE ALL                                                            | stay
          BEGIN                                                                | stay
          COMMIT PREPARED 'x'                                                  | 0A000
          COPY t FROM '/tmp/t'                                                | 0A000
          """)
  void a_statement_goes_where_its_keys_are(String sql, String expected) {
    assertThat(route(sql)).isEqualTo(expected);
  }

  /** The id in them is another table's, so that rows of all shards matter. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT t.a FROM t, ref r JOIN ref c ON id = 3",
        "SELECT t.a FROM ref r JOIN ref c ON id = 3 JOIN t ON t.a = r.a",
        "SELECT t.a FROM t LEFT JOIN (ref r JOIN ref c ON id = 3) ON true",
        "UPDATE t SET a = 1 FROM ref r JOIN ref c ON id = 3"
      })
  void a_condition_knows_the_names_of_its_own_join_only(String sql) {
    assertThat(route(sql)).isEqualTo("all Concat[]");
  }

  /** pgdog and pgcat find the key 3 in each of them. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT a FROM t WHERE id = 3 OR a = 1",
        "SELECT a FROM t WHERE id = 3 OR a BETWEEN 1 AND id = 3",
        "SELECT a FROM t WHERE a BETWEEN CASE WHEN id = 3 AND a = 1 THEN 1 END AND id = 3 OR a = 1",
        "SELECT a FROM t WHERE NOT id = 3",
        "SELECT a FROM t WHERE NOT (id = 3 AND a = 1)",
        "SELECT a FROM t WHERE a BETWEEN 1 AND id = 3",
        "SELECT a FROM t WHERE CASE WHEN a = 1 AND id = 3 AND a = 2 THEN true END",
        "SELECT a FROM t WHERE id + 1 = 3",
        "SELECT a FROM t WHERE id = 3 + 1",
        "SELECT a FROM t WHERE id = 3.0",
        "SELECT a FROM t WHERE id = 3 IS NOT NULL",
        "SELECT a FROM t WHERE a = id = 3",
        "SELECT a FROM t WHERE id > 3",
        "SELECT a FROM t WHERE id <> 3",
        "SELECT a FROM t WHERE a IN (SELECT 3)",
        "SELECT a FROM t WHERE a = 3",
        "SELECT a FROM t WHERE id = E'3'",
        "SELECT a FROM t WHERE id = '\\3'",
        "SELECT a FROM t WHERE id = $$3$$",
        "SELECT a FROM t WHERE id NOT IN (3)",
        "SELECT a FROM t WHERE t.id = 3 AND t.end > now() OR t.a = 1",
        "SELECT a FROM t WHERE t.case = 1 AND t.id = 3 OR t.a = 1"
      })
  void what_does_not_hold_a_key_goes_to_all(String sql) {
    assertThat(route(sql)).isEqualTo("all Concat[]");
  }

  @Test
  void parameters_say_where_in_both_formats() {
    String sql = "SELECT a FROM t WHERE id = $1";

    assertThat(route(sql, bound(false, "3".getBytes(StandardCharsets.US_ASCII)))).isEqualTo("1");
    assertThat(route(sql, bound(true, new byte[] {0, 0, 0, 3}))).isEqualTo("1");
    assertThat(route(sql, bound(true, new byte[] {0, 0, 0, 0, 0, 0, 0, 2}), Oid.INT8))
        .isEqualTo("0");
    assertThat(route(sql, bound(false, "x".getBytes(StandardCharsets.US_ASCII))))
        .isEqualTo("22P02");
  }

  @Test
  void elements_of_an_array_say_where_in_both_formats() {
    String sql = "SELECT a FROM t WHERE id = ANY($1)";
    byte[] binary =
        ByteBuffer.allocate(44)
            .putInt(1)
            .putInt(0)
            .putInt(Oid.INT8)
            .putInt(2)
            .putInt(1)
            .putInt(8)
            .putLong(2)
            .putInt(8)
            .putLong(4)
            .array();

    assertThat(route(sql, bound(false, "{3,7}".getBytes(StandardCharsets.US_ASCII))))
        .isEqualTo("1");
    assertThat(route(sql, bound(false, "{3,2}".getBytes(StandardCharsets.US_ASCII))))
        .isEqualTo("0+1 Concat[]");
    assertThat(route(sql, bound(true, binary), Oid.INT8_ARRAY)).isEqualTo("0");
    assertThat(route(sql, bound(true, binary), Oid.TEXT_ARRAY)).isEqualTo("all Concat[]");
  }

  @Test
  void a_parameter_of_an_unclear_type_says_nothing() {
    byte[] three = {0x40, 0x08, 0, 0, 0, 0, 0, 0};

    assertThat(route("SELECT a FROM t WHERE id = $1", bound(true, three), Oid.FLOAT8))
        .isEqualTo("all Concat[]");
    assertThat(route("SELECT a FROM t WHERE a > $1 AND id = $1", bound(true, three)))
        .isEqualTo("all Concat[]");
  }

  @Test
  void a_text_is_a_key_only_in_an_encoding_that_is_known() {
    String read = "SELECT a FROM v WHERE name = $1";
    String write = "INSERT INTO v (name) VALUES ($1)";
    for (boolean binary : new boolean[] {false, true}) {
      Arguments latin1 = bound(binary, new byte[] {(byte) 0xE9});
      Arguments utf8 = bound(binary, "\u00E9".getBytes(StandardCharsets.UTF_8));
      Arguments ascii = bound(binary, "e".getBytes(StandardCharsets.US_ASCII));

      assertThat(route(read, latin1.encoded(false))).isEqualTo("all Concat[]");
      assertThat(route(write, latin1.encoded(false))).isEqualTo("0A000");
      assertThat(route(write, utf8.encoded(false))).isEqualTo("0A000");
      assertThat(route(write, latin1)).isEqualTo(binary ? "22P03" : "22021");
      assertThat(route(read, utf8)).isEqualTo(route(read.replace("$1", "'\u00E9'")));
      assertThat(route(write, ascii.encoded(false))).isEqualTo(route(write, ascii));
    }
  }

  @Test
  void an_update_of_no_row_goes_anywhere() {
    Arguments none = new Arguments(new byte[][] {null}, new short[0], new short[0]);

    assertThat(route("UPDATE t SET a = 1 WHERE id = $1", none)).isEqualTo("1");
  }

  @Test
  void several_statements_go_together_or_nowhere() {
    List<String> routes = new ArrayList<>();
    for (String sql :
        List.of(
            "SELECT 1; SELECT a FROM t WHERE id = 3",
            "BEGIN; UPDATE t SET a = 1 WHERE id = 3; COMMIT",
            "SELECT a FROM t WHERE id = 3; SELECT a FROM t WHERE id = 2",
            "SELECT a FROM t; SELECT a FROM t")) {
      routes.add(route(sql));
    }
    assertThat(routes).containsExactly("1", "1", "0A000", "0A000");
  }

  @ParameterizedTest
  @CsvSource({
    "COMMIT,COMMITS",
    "END WORK,COMMITS",
    "COMMIT AND NO CHAIN,COMMITS",
    "COMMIT AND CHAIN,SEVERAL",
    "END TRANSACTION AND CHAIN,SEVERAL",
    "ROLLBACK,ENDS",
    "ROLLBACK AND NO CHAIN,ENDS",
    "ROLLBACK AND CHAIN,SEVERAL",
    "ABORT AND CHAIN,SEVERAL",
    "ROLLBACK TO chain,SHAPES"
  })
  void what_ends_a_transaction_and_begins_another_is_two_statements(
      String sql, TransactionEffect effect) {
    assertThat(shards.statement(sql).effect()).isEqualTo(effect);
    assertThat(shards.statement("/* " + "x".repeat(2_000) + " */ " + sql).effect())
        .isEqualTo(effect);
  }

  @ParameterizedTest
  @CsvSource({
    "INSERT INTO t VALUES (1),one",
    "SELECT 1,one",
    "SHOW work_mem,one",
    "CALL p(),one",
    "COMMIT PREPARED 'x',one",
    "INSERT INTO t VALUES (1); INSERT INTO t VALUES (2),one",
    "SET work_mem TO '1MB',stay",
    "DISCARD ALL,stay",
    "DEALLOCATE x,stay",
    "COMMIT,stay"
  })
  void without_sharded_tables_a_statement_is_run_once_wherever_its_transaction_is(
      String sql, String where) {
    Shards untabled =
        new ShardedDatabase(
                new ShardingConfig(
                    List.of(),
                    CONFIG.function(),
                    Set.of(),
                    CONFIG.defaultShard(),
                    CONFIG.hints(),
                    CONFIG.mergeMemory()),
                3)
            .on(
                List.of(new Named("0"), new Named("1"), new Named("2")),
                new CommitPolicy(Runnable::run, "app/postgres", null));

    assertThat(untabled.statement(sql).route(Arguments.NONE, new int[0], untabled))
        .isEqualTo(where.equals("one") ? ShardRoute.ANYWHERE : ShardRoute.STAY);
  }

  private final Shards probing =
      new ShardedDatabase(
              new ShardingConfig(
                  List.of(
                      new ShardingConfig.Table(
                          "probed",
                          List.of(new ShardingConfig.Column("v", ShardingConfig.Type.REALS)),
                          ShardingConfig.Function.HASH,
                          List.of(),
                          null,
                          new ShardingConfig.Centroids(
                              List.of(List.of(0f, 0f), List.of(9f, 0f), List.of(0f, 9f)), 1))),
                  ShardingConfig.Function.HASH,
                  Set.of(),
                  new ShardingConfig.DefaultShard(1),
                  new ShardingConfig.Hints(Optional.empty(), Optional.empty(), 1_000),
                  1 << 20),
              3)
          .on(
              List.of(new Named("0"), new Named("1"), new Named("2")),
              new CommitPolicy(Runnable::run, "app/postgres", null));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT v FROM probed ORDER BY v <-> '{8,0}' LIMIT 5",
        "SELECT v FROM probed ORDER BY v <-> '{8,0}' LIMIT 5 OFFSET 2",
        "SELECT v FROM probed ORDER BY v <-> '{8,0}' OFFSET 2 LIMIT 5",
        "SELECT v FROM probed ORDER BY v <-> '{8,0}' FETCH FIRST 5 ROWS ONLY",
        "SELECT v FROM probed ORDER BY v <-> '{8,0}' FETCH FIRST ROW ONLY",
      })
  void some_of_the_nearest_rows_are_looked_for_on_the_shard_of_the_nearest_centroid(String sql) {
    assertThat(route(probing, sql, Arguments.NONE)).isEqualTo("1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT v FROM probed ORDER BY v <-> '{8,0}' OFFSET 2",
        "SELECT v FROM probed ORDER BY v <-> '{8,0}' LIMIT ALL",
        "SELECT v FROM probed ORDER BY v <-> '{8,0}' LIMIT NULL",
        "SELECT v FROM probed ORDER BY v <-> '{8,0}' LIMIT 5 + NULL",
        "SELECT v, count(*) OVER () FROM probed ORDER BY v <-> '{8,0}' LIMIT 5",
        "SELECT DISTINCT v, v <-> '{8,0}' FROM probed ORDER BY v <-> '{8,0}' LIMIT 5",
        "SELECT v, count(*) FROM probed GROUP BY v ORDER BY v <-> '{8,0}' LIMIT 5",
        "SELECT v FROM probed HAVING true ORDER BY v <-> '{8,0}' LIMIT 5",
      })
  void other_queries_are_not_about_the_nearest_rows_alone(String sql) {
    assertThat(route(probing, sql, Arguments.NONE)).isNotEqualTo("1");
  }

  @Test
  void a_limit_that_is_a_parameter_may_be_none() {
    String sql = "SELECT v FROM probed ORDER BY v <-> '{8,0}' LIMIT $1";

    assertThat(route(probing, sql, bound(false, "5".getBytes(StandardCharsets.UTF_8))))
        .isEqualTo("1");
    assertThat(route(probing, sql, bound(false, new byte[][] {null}))).startsWith("all");
  }

  @Test
  void a_table_of_a_rule_for_all_is_told_by_its_own_name() {
    ShardingConfig any =
        new ShardingConfig(
            List.of(table("*", "id")),
            ShardingConfig.Function.HASH,
            Set.of(),
            new ShardingConfig.DefaultShard(1),
            new ShardingConfig.Hints(Optional.empty(), Optional.empty(), 1_000),
            1 << 20);
    Shards spread =
        new ShardedDatabase(any, 3)
            .on(
                List.of(new Named("0"), new Named("1"), new Named("2")),
                new CommitPolicy(Runnable::run, "app/postgres", null));

    ShardRoute refused =
        spread
            .statement("INSERT INTO app.events VALUES (1)")
            .route(Arguments.NONE, new int[0], spread);

    assertThat(((ShardRoute.Refused) refused).error().message())
        .contains("INSERT INTO app.events (id, ...)");
  }
}
