package org.pglynx.proxy.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.proxy.wire.PgErrorException;

class TextArrayTest {
  @Test
  void reads_elements_with_and_without_quotes() throws PgErrorException {
    assertThat(TextArray.parse("{weight, waist ,\"a \\\"b\\\\\",\"NULL\",\"\"}"))
        .containsExactly("weight", "waist", "a \"b\\", "NULL", "");
    assertThat(TextArray.parse("{}")).isEmpty();
  }

  @Test
  void reads_what_it_writes() throws PgErrorException {
    List<String> all = List.of("a,b", "{c}", "d\"e\\", " f ", "");

    assertThat(TextArray.parse(TextArray.write(all))).isEqualTo(all);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "{a", "{a}b", "{a,}", "{\"a}", "{a{"})
  void refuses_what_is_no_array_of_texts(String text) {
    assertThatThrownBy(() -> TextArray.parse(text)).hasMessageStartingWith("22P02");
  }

  @Test
  void null_and_dimensions_are_told_in_text_and_in_binary() {
    ByteBuffer nulls = ByteBuffer.allocate(24).putInt(1).putInt(1).putInt(25).putInt(1).putInt(1);
    nulls.putInt(-1);
    byte[] square = ByteBuffer.allocate(28).putInt(2).putInt(0).putInt(25).array();

    assertThatThrownBy(() -> TextArray.parse("{a,null}"))
        .hasMessage("22004: element 2 of an array of texts is NULL");
    assertThatThrownBy(() -> TextArray.text(nulls.array()))
        .hasMessage("22004: element 1 of an array of texts is NULL");
    assertThatThrownBy(() -> TextArray.parse("{{a},{b}}")).hasMessageStartingWith("2202E");
    assertThatThrownBy(() -> TextArray.text(square)).hasMessageStartingWith("2202E");
  }

  @Test
  void reads_the_binary_form() throws PgErrorException {
    ByteBuffer binary = ByteBuffer.allocate(64);
    binary.putInt(1).putInt(0).putInt(25).putInt(2).putInt(1);
    binary.putInt(1).put("a".getBytes(StandardCharsets.UTF_8));
    binary.putInt(2).put("ü".getBytes(StandardCharsets.UTF_8));
    byte[] bytes = new byte[binary.position()];
    binary.get(0, bytes);

    assertThat(TextArray.parse(TextArray.text(bytes))).containsExactly("a", "ü");
    assertThatThrownBy(() -> TextArray.text(new byte[3])).hasMessageStartingWith("08P01");
  }
}
