package org.pglynx.proxy.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.proxy.wire.PgErrorException;

/** Vectors in the forms of pgvector 0.8 and of PostgreSQL. */
class KeyVectorTest {
  private static KeyValue point(float... values) {
    return new KeyValue.Point(values);
  }

  @Test
  void texts_of_both_types_are_read() throws PgErrorException {
    assertThat(KeyType.VECTOR.ofText(" [1, -2.5,3e1, .5 ] ")).isEqualTo(point(1, -2.5f, 30, .5f));
    assertThat(KeyType.REALS.ofText("{0.1,2}")).isEqualTo(point(0.1f, 2));
  }

  /** vector_send: dimensions and a reserved number of 16 bits each, then float4s. */
  @Test
  void the_binary_form_of_pgvector_is_read() throws PgErrorException {
    byte[] sent = HexFormat.of().parseHex("000300003f800000c0200000447a0000");

    assertThat(KeyType.VECTOR.ofBinary(sent)).isEqualTo(point(1, -2.5f, 1000));
  }

  /** array_send: dimensions, flags, type, length, first index, then each with its length. */
  @Test
  void the_binary_form_of_real_arrays_is_read() throws PgErrorException {
    byte[] sent =
        HexFormat.of()
            .parseHex("0000000100000000000002bc0000000200000001000000043f80000000000004c0200000");

    assertThat(KeyType.REALS.ofBinary(sent)).isEqualTo(point(1, -2.5f));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "1,2", "{1,2}", "[]", "[1,]", "[1 2]", "[NaN]", "[1e60]", "[1,2", "[0x1]"})
  void what_is_no_vector_is_an_error(String text) {
    assertThatThrownBy(() -> KeyType.VECTOR.ofText(text)).isInstanceOf(PgErrorException.class);
  }

  @Test
  void bytes_that_are_cut_are_an_error() {
    byte[] whole = HexFormat.of().parseHex("000300003f800000c0200000447a0000");
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = ByteBuffer.allocate(length).put(whole, 0, length).array();
      assertThatThrownBy(() -> KeyType.VECTOR.ofBinary(cut)).isInstanceOf(PgErrorException.class);
      assertThatThrownBy(() -> KeyType.REALS.ofBinary(cut)).isInstanceOf(PgErrorException.class);
    }
  }

  @Test
  void a_vector_lives_where_the_first_of_the_nearest_centroids_does() {
    ShardFunction.Nearest places =
        new ShardFunction.Nearest(
            List.of(KeyValue.Point.of(List.of(0f, 0f)), KeyValue.Point.of(List.of(2f, 0f))), 2, 1);

    assertThat(places.shard(List.of(point(0.9f, 5)))).isZero();
    assertThat(places.shard(List.of(point(1.1f, 5)))).isOne();
    assertThat(places.shard(List.of(point(1, 5)))).isZero();
    assertThat(places.shard(List.of(point(1, 5, 6)))).isEqualTo(ShardFunction.NOWHERE);
  }

  /** As sorting all of them by distance and then by number does. */
  @Test
  void the_nearest_centroids_are_those_of_a_sort() {
    Random random = new Random(7);
    List<KeyValue.Point> points = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      points.add(new KeyValue.Point(new float[] {random.nextInt(6), random.nextInt(6)}));
    }
    ShardFunction.Nearest places = new ShardFunction.Nearest(points, 60, 1);
    for (int i = 0; i < 200; i++) {
      KeyValue.Point point = new KeyValue.Point(new float[] {random.nextInt(6), random.nextInt(6)});
      List<Integer> sorted =
          IntStream.range(0, points.size())
              .boxed()
              .sorted(Comparator.comparingDouble(at -> points.get(at).squaredDistance(point)))
              .toList();
      int count = 1 + i % 60;

      assertThat(places.shard(List.of(point))).isEqualTo(sorted.getFirst());
      assertThat(places.near(point, count).stream().boxed())
          .containsExactlyInAnyOrderElementsOf(sorted.subList(0, count));
    }
  }
}
