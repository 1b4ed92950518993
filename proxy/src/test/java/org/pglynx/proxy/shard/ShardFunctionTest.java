package org.pglynx.proxy.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Figures of PostgreSQL 15 and of pgcat 1.3; {@code ShardFunctionIT} asks servers for more. */
class ShardFunctionTest {
  private static int hash(int shards, KeyValue... key) {
    return new ShardFunction.Hash(shards).shard(List.of(key));
  }

  private static KeyValue whole(long value) {
    return new KeyValue.Whole(value);
  }

  @Test
  void a_bigint_lives_where_its_hash_partition_is() {
    assertThat(LongStream.rangeClosed(1, 18).mapToInt(key -> hash(3, whole(key))))
        .containsExactly(2, 0, 1, 0, 2, 0, 1, 0, 2, 1, 2, 2, 1, 1, 0, 0, 2, 0);
  }

  @Test
  void the_ends_of_the_integers_live_where_their_hash_partitions_are() {
    assertThat(LongStream.of(-1, -2, 2147483647, -2147483648, 4294967296L, 1234, 85))
        .satisfies(keys ->
            assertThat(keys.stream().mapToInt(key -> hash(3, whole(key))).boxed())
                .containsExactly(2, 1, 1, 0, 2, 0, 2));
    assertThat(hash(3, whole(Long.MAX_VALUE))).isZero();
    assertThat(hash(3, whole(Long.MIN_VALUE))).isOne();
  }

  @Test
  void the_hash_of_a_bigint_is_that_of_hashint8extended() {
    assertThat(whole(1).hash()).isEqualTo(5968994663651403477L);
    assertThat(whole(0).hash()).isEqualTo(-4403592609991167795L);
    assertThat(whole(-1).hash()).isEqualTo(-5017072347659237694L);
  }

  @Test
  void texts_and_uuids_live_where_their_hash_partitions_are() {
    assertThat(KeyValue.Text.of("hello").hash()).isEqualTo(-2635279551741001039L);
    assertThat(hash(5, KeyValue.Text.of("hello"))).isEqualTo(4);
    assertThat(hash(5, KeyValue.Text.of(""))).isEqualTo(1);
    assertThat(hash(5, new KeyValue.Uuid(new UUID(0, 1)))).isZero();
  }

  @Test
  void two_columns_are_hashed_together() {
    assertThat(LongStream.rangeClosed(1, 10).mapToInt(key -> hash(5, whole(key), whole(key + 1))))
        .containsExactly(2, 1, 1, 1, 0, 0, 2, 1, 2, 1);
  }

  @Test
  void sha1_is_that_of_pgcat() {
    ShardFunction sha1 = new ShardFunction.Sha1(12);

    assertThat(IntStream.range(0, 20).map(key -> sha1.shard(List.of(whole(key)))))
        .containsExactly(4, 7, 8, 3, 6, 0, 0, 10, 3, 11, 1, 7, 4, 4, 11, 2, 5, 0, 8, 3);
  }

  @Test
  void a_mapping_takes_listed_values_then_ranges_then_the_rest() {
    TreeMap<KeyValue, ShardFunction.Range> ranges = new TreeMap<>();
    ranges.put(whole(0), new ShardFunction.Range(whole(100), 0));
    ranges.put(whole(200), new ShardFunction.Range(null, 1));
    ShardFunction mapping = new ShardFunction.Mapping(Map.of(whole(7), 2), ranges, 3);

    assertThat(
            LongStream.of(-1, 0, 7, 99, 100, 199, 200, Long.MAX_VALUE)
                .mapToInt(key -> mapping.shard(List.of(whole(key)))))
        .containsExactly(3, 0, 2, 0, 3, 3, 1, 1);
  }

  @Test
  void what_a_mapping_does_not_know_is_nowhere() {
    ShardFunction mapping =
        new ShardFunction.Mapping(
            Map.of(KeyValue.Text.of("de"), 1), new TreeMap<>(), ShardFunction.NOWHERE);

    assertThat(mapping.shard(List.of(KeyValue.Text.of("de")))).isEqualTo(1);
    assertThat(mapping.shard(List.of(KeyValue.Text.of("DE")))).isEqualTo(ShardFunction.NOWHERE);
  }

  @Test
  void texts_are_ordered_by_bytes_and_uuids_without_sign() {
    assertThat(KeyValue.Text.of("é")).isGreaterThan(KeyValue.Text.of("z"));
    assertThat((KeyValue) new KeyValue.Uuid(new UUID(-1, 0)))
        .isGreaterThan(new KeyValue.Uuid(new UUID(1, 0)));
  }
}
