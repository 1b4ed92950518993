package org.pglynx.proxy.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
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
  }

  private static byte[] shorts(int... values) {
    ByteBuffer out = ByteBuffer.allocate(2 * values.length);
    for (int value : values) {
      out.putShort((short) value);
    }
    return out.array();
  }
}
