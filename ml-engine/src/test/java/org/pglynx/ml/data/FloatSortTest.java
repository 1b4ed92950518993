package org.pglynx.ml.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FloatSortTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 100, 4096, 50_000})
  void sorts_like_the_library_with_signs_zeros_infinities_and_nan(int count) {
    Random random = new Random(count);
    float[] special = {
      0f, -0f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1e-45f
    };
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] =
          random.nextInt(10) == 0
              ? special[random.nextInt(special.length)]
              : (float) (random.nextGaussian() * Math.pow(10, random.nextInt(20) - 10));
    }
    float[] expected = values.clone();
    Arrays.sort(expected);

    new FloatSort().sort(values);

    assertThat(values).containsExactly(expected);
  }

  @Test
  void its_memory_serves_for_values_of_any_kind_one_after_another() {
    Random random = new Random(1);
    FloatSort sort = new FloatSort();
    List<DoubleSupplier> kinds =
        List.of(
            random::nextGaussian,
            () -> random.nextInt(100),
            () -> 3,
            () -> random.nextInt(50) == 0 ? random.nextDouble() : 0,
            () -> -random.nextInt(1 << 23),
            random::nextDouble);
    for (int i = 0; i < 2 * kinds.size(); i++) {
      float[] values = new float[5000 + 3000 * (i % 5)];
      for (int j = 0; j < values.length; j++) {
        values[j] = (float) kinds.get(i % kinds.size()).getAsDouble();
      }
      float[] expected = values.clone();
      Arrays.sort(expected);

      sort.sort(values);

      assertThat(values).containsExactly(expected);
    }
  }
}
