package org.pglynx.proxy.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TextEditsTest {
  @Test
  void replaces_ranges_and_keeps_the_rest() {
    assertThat(new TextEdits("abcdef").replace(1, 2, "X").replace(4, 4, "+").result())
        .isEqualTo("aXcd+ef");
  }

  @Test
  void refuses_ranges_that_overlap() {
    TextEdits edits = new TextEdits("abcdef").replace(1, 3, "X");
    assertThatThrownBy(() -> edits.replace(2, 4, "Y")).isInstanceOf(IllegalArgumentException.class);
  }
}
