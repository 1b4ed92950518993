package org.pglynx.ml.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
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
}
