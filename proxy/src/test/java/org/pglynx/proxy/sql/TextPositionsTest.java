package org.pglynx.proxy.sql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Places of an edited text's characters in the original one. */
class TextPositionsTest {
  @Test
  void unchanged_parts_keep_their_places() {
    String text = "SELECT f(abc) FROM t";
    TextEdits edits = new TextEdits(text).replace(7, 9, "((").replace(12, 13, "))::x AS f");
    TextPositions positions = edits.positions();
    String edited = edits.result();

    assertThat(edited).isEqualTo("SELECT ((abc))::x AS f FROM t");
    assertThat(positions.original(1)).isEqualTo(1);
    assertThat(positions.original(edited.indexOf("bc") + 1)).isEqualTo(text.indexOf("bc") + 1);
    assertThat(positions.original(edited.indexOf("FROM") + 1)).isEqualTo(text.indexOf("FROM") + 1);
    assertThat(positions.original(edited.indexOf("::x") + 1)).isEqualTo(text.indexOf(")") + 1);
    assertThat(positions.original(edited.length() + 1)).isEqualTo(text.length() + 1);
  }

  @Test
  void a_character_beyond_the_basic_plane_counts_once() {
    String text = "SELECT '\uD83D\uDE00', f(x)";
    TextEdits edits = new TextEdits(text).replace(13, 14, "gg");

    assertThat(edits.result()).isEqualTo("SELECT '\uD83D\uDE00', gg(x)");
    assertThat(edits.positions().original(15)).isEqualTo(14);
  }

  @Test
  void places_outside_of_the_text_stay() {
    assertThat(new TextEdits("a").positions().original(99)).isEqualTo(99);
    assertThat(new TextEdits("a").positions().original(0)).isZero();
  }
}
