package org.pglynx.proxy.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.proxy.wire.PgErrorException;

class KeyTypeTest {
  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  private static String sqlState(Throwable thrown) {
    return ((PgErrorException) thrown).error().code();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      textBlock =
          """
          0, 0
          -0, 0
          +7, 7
          " 42 ", 42
          0x1f, 31
          0X_1F, 31
          -0b101, -5
          0o17, 15
          1_000_000, 1000000
          007, 7
          -9223372036854775808, -9223372036854775808
          9223372036854775807, 9223372036854775807
          """)
  void an_integer_is_read_as_postgres_reads_it(String text, long value) throws Exception {
    assertThat(KeyType.INT8.ofText(text)).isEqualTo(new KeyValue.Whole(value));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", " ", "-", "1.0", "1e3", "0x", "_1", "1_", "1__0", "0x1_", "١", "1 2", "a", "--1"
      })
  void what_is_no_integer_is_an_error(String text) {
    assertThatThrownBy(() -> KeyType.INT8.ofText(text))
        .satisfies(thrown -> assertThat(sqlState(thrown)).isEqualTo("22P02"));
  }

  @ParameterizedTest
  @CsvSource({
    "INT2, 32768",
    "INT2, -32769",
    "INT4, 2147483648",
    "INT8, 9223372036854775808",
    "INT4, 0x80000000"
  })
  void an_integer_beyond_its_type_is_an_error(KeyType type, String text) {
    assertThatThrownBy(() -> type.ofText(text))
        .satisfies(thrown -> assertThat(sqlState(thrown)).isEqualTo("22003"));
  }

  @ParameterizedTest
  @EnumSource(names = {"INT2", "INT4", "INT8"})
  void a_binary_integer_of_any_width_is_its_number(KeyType type) throws Exception {
    assertThat(type.ofBinary(bytes(0xff, 0xfe))).isEqualTo(new KeyValue.Whole(-2));
    assertThat(type.ofBinary(bytes(0, 0, 1, 0))).isEqualTo(new KeyValue.Whole(256));
    assertThat(type.ofBinary(bytes(0, 0, 0, 0, 0, 0, 0, 9))).isEqualTo(new KeyValue.Whole(9));
  }

  @ParameterizedTest
  @EnumSource(names = {"INT2", "INT4", "INT8", "UUID"})
  void a_binary_value_of_another_length_is_an_error(KeyType type) {
    assertThatThrownBy(() -> type.ofBinary(bytes(1, 2, 3)))
        .satisfies(thrown -> assertThat(sqlState(thrown)).isEqualTo("22P03"));
  }

  @Test
  void a_text_keeps_its_blanks_in_both_formats() throws Exception {
    KeyValue value = KeyType.TEXT.ofText(" é ");

    assertThat(value).isEqualTo(KeyValue.Text.of(" é "));
    assertThat(KeyType.TEXT.ofBinary(" é ".getBytes(StandardCharsets.UTF_8))).isEqualTo(value);
  }

  @Test
  void a_text_that_is_not_utf_8_is_an_error() {
    assertThatThrownBy(() -> KeyType.TEXT.ofBinary(bytes(0xc3)))
        .isInstanceOf(PgErrorException.class);
    assertThatThrownBy(() -> KeyType.TEXT.ofBinary(bytes(0x61, 0)))
        .isInstanceOf(PgErrorException.class);
    assertThatThrownBy(() -> KeyType.TEXT.ofText("\ud800")).isInstanceOf(PgErrorException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
        "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11",
        "{a0eebc99-9c0b4ef8-bb6d6bb9-bd380a11}",
        "a0eebc999c0b4ef8bb6d6bb9bd380a11",
        "a0ee-bc99-9c0b-4ef8-bb6d-6bb9-bd38-0a11"
      })
  void a_uuid_is_read_as_postgres_reads_it(String text) throws Exception {
    assertThat(KeyType.UUID.ofText(text))
        .isEqualTo(new KeyValue.Uuid(UUID.fromString("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "{}",
        "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1",
        "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a111",
        "a0eebc99--9c0b-4ef8-bb6d-6bb9bd380a11",
        "-a0eebc999c0b4ef8bb6d6bb9bd380a11",
        "a0eebc999c0b4ef8bb6d6bb9bd380a11-",
        "a0e-ebc999c0b4ef8bb6d6bb9bd380a11",
        "{a0eebc999c0b4ef8bb6d6bb9bd380a11",
        "a0eebc999c0b4ef8bb6d6bb9bd380a11}",
        " a0eebc999c0b4ef8bb6d6bb9bd380a11",
        "g0eebc999c0b4ef8bb6d6bb9bd380a11"
      })
  void what_is_no_uuid_is_an_error(String text) {
    assertThatThrownBy(() -> KeyType.UUID.ofText(text))
        .satisfies(thrown -> assertThat(sqlState(thrown)).isEqualTo("22P02"));
  }
}
