package org.pglynx.proxy.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Layer 1: numbers as PostgreSQL 15 printed them: {@code select v::float8}. */
class FloatTextTest {
  @ParameterizedTest
  @CsvSource({
    "1e15, 1e+15",
    "999999999999999, 999999999999999",
    "1e14, 100000000000000",
    "123456789012345.6, 123456789012345.6",
    "1e-4, 0.0001",
    "1e-5, 1e-05",
    "0.00012345, 0.00012345",
    "-0.0, -0",
    "0.0, 0",
    "1, 1",
    "-2.5, -2.5",
    "0.1, 0.1",
    "0.30000000000000004, 0.30000000000000004",
    "1e22, 1e+22",
    "1e23, 9.999999999999999e+22",
    "8.41e21, 8.409999999999999e+21",
    "9.2e18, 9.2e+18",
    "9.007199254740993e15, 9.007199254740992e+15",
    "4503599627370497.5, 4.503599627370498e+15",
    "1e100, 1e+100",
    "5e-324, 5e-324",
    "1e-323, 1e-323",
    "1.5e-323, 1.5e-323",
    "8e-323, 8e-323",
    "1.2345e-308, 1.2345e-308",
    "2.2250738585072014e-308, 2.2250738585072014e-308",
    "1.7976931348623157e308, 1.7976931348623157e+308",
    "-1.7976931348623157e308, -1.7976931348623157e+308",
    "9.5367431640625e-07, 9.5367431640625e-07",
    "NaN, NaN",
    "Infinity, Infinity",
    "-Infinity, -Infinity"
  })
  void a_double_precision_is_printed_as_the_server_does(String value, String printed) {
    assertThat(FloatText.of(Double.parseDouble(value))).isEqualTo(printed);
  }

  @ParameterizedTest
  @CsvSource({
    "1e6, 1e+06",
    "999999, 999999",
    "1e5, 100000",
    "123456.7, 123456.7",
    "1234567, 1.234567e+06",
    "1e-4, 0.0001",
    "1e-5, 1e-05",
    "-0.0, -0",
    "0.1, 0.1",
    "0.25, 0.25",
    "16777216, 1.6777216e+07",
    "33554432, 3.3554432e+07",
    "8.589973e9, 8.589974e+09",
    "1e10, 1e+10",
    "1e-45, 1e-45",
    "3e-45, 3e-45",
    "6e-45, 6e-45",
    "1e-44, 1e-44",
    "1.1e-44, 1.1e-44",
    "1.1754944e-38, 1.1754944e-38",
    "3.4028235e38, 3.4028235e+38",
    "9.5367431640625e-07, 9.536743e-07",
    "NaN, NaN",
    "-Infinity, -Infinity"
  })
  void a_real_is_printed_as_the_server_does(String value, String printed) {
    assertThat(FloatText.of(Float.parseFloat(value))).isEqualTo(printed);
  }

  @Test
  void every_power_of_two_reads_back() {
    for (int exponent = -1074; exponent <= 1023; exponent++) {
      double value = Math.scalb(1.0, exponent);
      assertThat(Double.parseDouble(FloatText.of(value))).isEqualTo(value);
      assertThat(Double.parseDouble(FloatText.of(-value * 1.5))).isEqualTo(-value * 1.5);
    }
  }

  @Test
  void an_array_is_printed_in_braces() {
    assertThat(FloatText.of(new float[] {1, -0.5f, Float.NaN})).isEqualTo("{1,-0.5,NaN}");
    assertThat(FloatText.of(new float[0])).isEqualTo("{}");
  }
}
