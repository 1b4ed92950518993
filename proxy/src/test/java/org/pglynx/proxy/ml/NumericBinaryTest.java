package org.pglynx.proxy.ml;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NumericBinaryTest {
  @Test
  void a_number_of_a_thousand_digits_is_the_nearest_double() {
    assertThat(NumericBinary.toDouble(threes(-1, 250))).isEqualTo(1 / 3.0);
    assertThat(NumericBinary.toDouble(threes(249, 250))).isInfinite();
    assertThat(NumericBinary.toDouble(threes(-200, 50))).isZero();
    assertThat(NumericBinary.toDouble(threes(0, 100))).isEqualTo(3333 + 1 / 3.0);
  }

  @Test
  void few_digits_are_exact() {
    assertThat(NumericBinary.toDouble(threes(0, 2))).isEqualTo(3333.3333);
    assertThat(NumericBinary.toDouble(threes(-1, 1))).isEqualTo(0.3333);
  }

  /**
   * Groups of four digits, all 3333, of which the first counts 10000 to the power of the weight.
   */
  private static ByteBuffer threes(int weight, int groups) {
    ByteBuffer value = ByteBuffer.allocate(8 + 2 * groups);
    value.putShort((short) groups).putShort((short) weight).putShort((short) 0).putShort((short) 0);
    IntStream.range(0, groups).forEach(i -> value.putShort((short) 3333));
    return value.flip();
  }
}
