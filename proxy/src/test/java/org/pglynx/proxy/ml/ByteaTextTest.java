package org.pglynx.proxy.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pglynx.proxy.wire.PgErrorException;

/** What byteain takes, and its errors. */
class ByteaTextTest {
  @Test
  void hex_is_read_in_either_case_with_blanks_between_bytes() throws PgErrorException {
    assertThat(ByteaText.parse("\\x00 fF\n7A")).containsExactly(0, 0xff, 0x7a);
    assertThat(ByteaText.parse("\\x")).isEmpty();
  }

  @Test
  void escapes_are_read() throws PgErrorException {
    assertThat(ByteaText.parse("a\\\\b\\000\\377")).containsExactly('a', '\\', 'b', 0, 0xff);
    assertThat(ByteaText.parse("é")).isEqualTo("é".getBytes(StandardCharsets.UTF_8));
    assertThat(ByteaText.parse("")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "\\x0, 22023, invalid hexadecimal data: odd number of digits",
    "\\x0g, 22023, 'invalid hexadecimal digit: \"g\"'",
    "\\x0 1, 22023, 'invalid hexadecimal digit: \" \"'",
    "a\\, 22P02, invalid input syntax for type bytea",
    "\\400, 22P02, invalid input syntax for type bytea",
    "\\12, 22P02, invalid input syntax for type bytea"
  })
  void other_texts_are_refused_as_the_server_does(String text, String state, String message) {
    assertThatThrownBy(() -> ByteaText.parse(text))
        .isInstanceOfSatisfying(
            PgErrorException.class,
            e -> {
              assertThat(e.error().code()).isEqualTo(state);
              assertThat(e.error().message()).isEqualTo(message);
            });
  }
}
