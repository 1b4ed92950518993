package org.pglynx.proxy.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.proxy.wire.Column;
import org.pglynx.proxy.wire.NumericBinary;
import org.pglynx.proxy.wire.PgErrorException;

/** Numbers, booleans, arrays and composites in PostgreSQL's formats. */
class ValueReadingTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-0",
        "1",
        "-1.5",
        "4.8598",
        "93.2",
        "1e10",
        "1.5e-7",
        "123456789012345",
        "1234567890123456789",
        "0.000001",
        "3.4028235e+38",
        "-101",
        ".5",
        "5."
      })
  void reads_numbers_as_java_does(String text) {
    ByteBuf bytes = Unpooled.copiedBuffer("x" + text + "y", StandardCharsets.US_ASCII);

    assertThat(FloatParser.parse(bytes, 1, 1 + text.length())).isEqualTo(Double.parseDouble(text));
  }

  @Test
  void reads_the_servers_special_numbers() {
    assertThat(FloatParser.parse("NaN")).isNaN();
    assertThat(FloatParser.parse("-Infinity")).isEqualTo(Double.NEGATIVE_INFINITY);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-", ".", "1f", "0x10", "1.2.3", "--1", "abc"})
  void refuses_what_is_no_number(String text) {
    ByteBuf bytes = Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);

    assertThatThrownBy(() -> FloatParser.parse(bytes, 0, text.length()))
        .isInstanceOf(NumberFormatException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1",
        "{1",
        "1}",
        "{1}}",
        "{a}",
        "{1} x",
        "{\"a\"}",
        "[1:2]",
        "{1,2,}",
        "{,1}",
        "{1,,2}",
        "{1 2}",
        "{ , }",
        "{{1}{2}}",
        "{1{2}}",
        "{{1},}",
        "{{1}2}"
      })
  void refuses_malformed_arrays(String text) {
    ByteBuf bytes = Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);

    assertThatThrownBy(() -> FeatureText.read(bytes, 0, text.length(), new FeatureRow(2)))
        .hasMessageStartingWith("22P02: malformed array");
  }

  @ParameterizedTest
  @CsvSource({"{}, 0", "{ }, 0", "'{{1,2},{3,4}}', 4", "'{ {1} , {2} }', 2", "'[0:1]={1,2}', 2"})
  void reads_dimensions_one_behind_the_other(String text, int count) throws PgErrorException {
    FeatureRow row = new FeatureRow(2);

    FeatureText.read(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8), 0, text.length(), row);

    assertThat(row.count()).isEqualTo(count);
  }

  @Test
  void reads_arrays_of_booleans_and_quoted_numbers() throws PgErrorException {
    String text = "{t,f,\"1.5\", NaN,null}";
    FeatureRow row = new FeatureRow(2);

    FeatureText.read(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8), 0, text.length(), row);

    assertThat(Arrays.copyOf(row.values(), row.count()))
        .containsExactly(1f, 0f, 1.5f, Float.NaN, Float.NaN);
    assertThat(row.firstNull()).isEqualTo(4);
  }

  @Test
  void refuses_binary_arrays_whose_lengths_lie() {
    byte[] good = Frames.float4Array(1f, 2f);
    for (int length = 0; length < good.length; length++) {
      ByteBuf cut = Unpooled.wrappedBuffer(good, 0, length);
      int size = length;
      assertThatThrownBy(() -> FeatureBinary.read(cut, 0, size, new FeatureRow(2)))
          .isInstanceOf(PgErrorException.class);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "12345.678, '4,1,0,3,1,2345,6780,0'",
    "-0.0005, '1,-1,16384,4,5'",
    "100000000, '1,2,0,0,1'",
    "0, '0,0,0,0'"
  })
  void reads_binary_numerics(double value, String shorts) {
    ByteBuffer bytes = ByteBuffer.allocate(32);
    for (String part : shorts.split(",", -1)) {
      bytes.putShort(Short.parseShort(part));
    }

    assertThat(NumericBinary.toDouble(bytes.flip())).isEqualTo(value);
  }

  @ParameterizedTest
  @CsvSource({"t, true", "TRUE, true", "on, true", "1, true", "f, false", "of, false", "n, false"})
  void reads_booleans_as_boolin_does(String text, boolean value) throws PgErrorException {
    assertThat(BooleanText.parse(text)).isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"o", "", "2", "truex"})
  void refuses_what_is_no_boolean(String text) {
    assertThatThrownBy(() -> BooleanText.parse(text)).hasMessageStartingWith("22P02");
  }

  @Test
  void writes_composites_as_record_out_does() {
    assertThat(RecordValue.text(Arrays.asList("a b", "x", null, true, 5L, "", "q\"\\(")))
        .isEqualTo("(\"a b\",x,,t,5,\"\",\"q\"\"\\\\(\")");
  }

  @Test
  void writes_composites_as_record_send_does() {
    byte[] bytes =
        RecordValue.binary(
            java.util.List.of(Column.text("a"), Column.bool("b"), Column.int8("c")),
            Arrays.asList("x", true, null));

    assertThat(bytes)
        .isEqualTo(
            ByteBuffer.allocate(4 + 9 + 9 + 8)
                .putInt(3)
                .putInt(25)
                .putInt(1)
                .put((byte) 'x')
                .putInt(16)
                .putInt(1)
                .put((byte) 1)
                .putInt(20)
                .putInt(-1)
                .array());
  }
}
