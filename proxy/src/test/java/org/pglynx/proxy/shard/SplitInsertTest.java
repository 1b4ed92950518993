package org.pglynx.proxy.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.proxy.commit.CommitPolicy;
import org.pglynx.proxy.config.ShardingConfig;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.ShardRoute;
import org.pglynx.proxy.relay.ShardedStatement;
import org.pglynx.proxy.relay.Shards;

/** What each shard gets of an INSERT: the keys 1, 2 and 3 live on the shards 2, 0 and 1. */
class SplitInsertTest {
  private static final ShardingConfig CONFIG =
      new ShardingConfig(
          List.of(
              new ShardingConfig.Table(
                  "t",
                  List.of(new ShardingConfig.Column("id", ShardingConfig.Type.BIGINT)),
                  ShardingConfig.Function.HASH)),
          ShardingConfig.Function.HASH,
          Set.of(),
          new ShardingConfig.DefaultShard(1),
          new ShardingConfig.Hints(Optional.empty(), Optional.empty(), 1_000),
          1 << 20);

  private final List<FakeProvider> servers =
      List.of(new FakeProvider(), new FakeProvider(), new FakeProvider());

  private final Shards shards =
      new ShardedDatabase(CONFIG, 3).on(servers, new CommitPolicy(Runnable::run, "app/me", null));

  private static Arguments bound(String... values) {
    byte[][] bytes =
        Arrays.stream(values)
            .map(each -> each.getBytes(StandardCharsets.UTF_8))
            .toArray(byte[][]::new);
    return new Arguments(bytes, new short[0], new short[0]);
  }

  private ShardRoute route(String sql, Arguments arguments) {
    return shards.statement(sql).route(arguments, new int[0], shards);
  }

  private Split.Part part(String sql, Arguments arguments, int shard) {
    MergeRun run = (MergeRun) ((ShardRoute.To) route(sql, arguments)).how();
    return Objects.requireNonNull(Objects.requireNonNull(run).split()).of(shard);
  }

  @Test
  void parameters_in_descending_order_leave_the_text_whole() {
    String sql =
        "INSERT INTO t (id,a,b,c,d,e,f,g,h,i,j) VALUES"
            + " (2,$11,$10,$9,$8,$7,$6,$5,$4,$3,$2),(1,$1,1,1,1,1,1,1,1,1,1)";
    Arguments arguments = bound("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k");

    Split.Part part = part(sql, arguments, 0);

    assertThat(part.sql().strip())
        .isEqualTo(
            "INSERT INTO t (id,a,b,c,d,e,f,g,h,i,j) VALUES (2,$10,$9 ,$8,$7,$6,$5,$4,$3,$2,$1)");
    assertThat(part.parameters()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    assertThat(part.sql()).hasSameSizeAs(sql);
  }

  @Test
  void a_shard_gets_the_values_of_its_rows_and_of_what_is_behind_them() {
    String sql =
        "INSERT INTO t (id,a) VALUES ($3,$2),($4,$1),($6,$2) ON CONFLICT (id) DO NOTHING"
            + " RETURNING $5";
    Arguments arguments = bound("x", "y", "1", "2", "z", "1");

    assertThat(part(sql, arguments, 2).parameters()).containsExactly(1, 2, 4, 5);
    assertThat(part(sql, arguments, 2).sql().replaceAll(" +", " "))
        .isEqualTo(
            "INSERT INTO t (id,a) VALUES ($2,$1), ($4,$1) ON CONFLICT (id) DO NOTHING RETURNING $3");
    assertThat(part(sql, arguments, 0).parameters()).containsExactly(0, 3, 4);
  }

  @Test
  void a_statement_that_lacks_values_goes_whole_to_one_server_which_says_so() {
    for (String sql :
        List.of(
            "INSERT INTO t (id,a) VALUES ($1,1),($2,$3)",
            "INSERT INTO t (id,a) VALUES ($1,1),($2,$0)")) {
      assertThat(route(sql, bound("1", "2"))).isEqualTo(new ShardRoute.To(servers.getFirst()));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"$99999999999", "$4294967297", "$100000"})
  void a_number_that_no_parameter_can_have_is_refused(String number) {
    ShardRoute route =
        route("INSERT INTO t (id,a) VALUES ($1,1),($2," + number + ")", bound("1", "2"));

    assertThat(((ShardRoute.Refused) route).error().code()).isEqualTo("0A000");
  }

  @Test
  void where_only_other_columns_are_bound_the_values_are_waited_for_all_the_same() {
    ShardedStatement bound = shards.statement("INSERT INTO t (id,a) VALUES (1,$1),(2,$2)");
    ShardedStatement plain = shards.statement("INSERT INTO t (id,a) VALUES (1,1),(2,2)");

    assertThat(bound.needsArguments()).isTrue();
    assertThat(plain.needsArguments()).isFalse();
  }
}
