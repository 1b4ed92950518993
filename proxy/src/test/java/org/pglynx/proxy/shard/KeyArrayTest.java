package org.pglynx.proxy.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyArrayTest {
  private static List<KeyValue> read(String array) throws Exception {
    return Objects.requireNonNull(KeyArray.ofText(KeyType.TEXT, array));
  }

  @Test
  void blanks_around_an_element_are_no_part_of_it() throws Exception {
    assertThat(read("{ \t\n\u000b\f\ra b \t\n\u000b\f\r,c}"))
        .isEqualTo(List.of(KeyType.TEXT.ofText("a b"), KeyType.TEXT.ofText("c")));
  }

  @ParameterizedTest
  @ValueSource(ints = {0x3000, 0x2000, 0x200A, 0x2028, 0x2029, 0x1C, 0x1F, 0xA0})
  void what_the_server_takes_for_no_blank_is_part_of_an_element(int character) throws Exception {
    String word = Character.toString(character) + "a" + Character.toString(character);

    assertThat(read("{" + word + "}")).isEqualTo(List.of(KeyType.TEXT.ofText(word)));
  }
}
