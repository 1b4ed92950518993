package org.pglynx.proxy.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NumericBinaryTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "0.00",
        "1",
        "-1",
        "10000",
        "9999",
        "12345.678",
        "0.0001",
        "0.00001",
        "-0.5",
        "100000000",
        "123456789012345678901234567890.1234567",
        "1000000.000"
      })
  void a_number_comes_back_with_its_decimal_places(String text) {
    BigDecimal value = new BigDecimal(text);

    assertThat(NumericBinary.decode(ByteBuffer.wrap(NumericBinary.encode(value)))).isEqualTo(value);
  }

  @Test
  void the_bytes_are_those_of_numeric_send() {
    // SELECT numeric_send(12345.678), numeric_send(0.00), numeric_send(10000)
    assertThat(NumericBinary.encode(new BigDecimal("12345.678")))
        .isEqualTo(shorts(3, 1, 0, 3, 1, 2345, 6780));
    assertThat(NumericBinary.encode(new BigDecimal("0.00"))).isEqualTo(shorts(0, 0, 0, 2));
    assertThat(NumericBinary.encode(new BigDecimal("10000"))).isEqualTo(shorts(1, 1, 0, 0, 1));
    assertThat(NumericBinary.encode(new BigDecimal("-0.5")))
        .isEqualTo(shorts(1, -1, 0x4000, 1, 5000));
  }

  @Test
  void what_is_no_number_is_told() {
    assertThat(NumericBinary.decode(ByteBuffer.wrap(shorts(0, 0, 0xc000, 0)))).isNull();
    assertThat(NumericBinary.toDouble(ByteBuffer.wrap(shorts(0, 0, 0xc000, 0)))).isNaN();
  }

  @Test
  void a_number_of_a_thousand_digits_is_the_nearest_double() {
    assertThat(NumericBinary.toDouble(threes(-1, 250))).isEqualTo(1 / 3.0);
    assertThat(NumericBinary.toDouble(threes(249, 250))).isInfinite();
    assertThat(NumericBinary.toDouble(threes(-200, 50))).isZero();
    assertThat(NumericBinary.toDouble(threes(0, 100))).isEqualTo(3333 + 1 / 3.0);
  }

  @Test
  void few_digits_are_exactly_their_double() {
    assertThat(NumericBinary.toDouble(threes(0, 2))).isEqualTo(3333.3333);
    assertThat(NumericBinary.toDouble(threes(-1, 1))).isEqualTo(0.3333);
  }

  /**
   * Groups of four digits, all 3333, of which the first counts 10000 to the power of the weight.
   */
  private static ByteBuffer threes(int weight, int groups) {
    int[] value = new int[4 + groups];
    Arrays.fill(value, 3333);
    value[0] = groups;
    value[1] = weight;
    value[2] = 0;
    value[3] = 0;
    return ByteBuffer.wrap(shorts(value));
  }

  private static byte[] shorts(int... values) {
    ByteBuffer out = ByteBuffer.allocate(2 * values.length);
    for (int value : values) {
      out.putShort((short) value);
    }
    return out.array();
  }
}
