package org.pglynx.proxy.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Layer 1: the interest mask. */
class TagSetTest {
  @Test
  void a_set_has_its_tags_and_no_other_byte() {
    TagSet set = TagSet.of((byte) 'Q', (byte) '1', (byte) 0, (byte) 63, (byte) 64, (byte) 127);
    for (int each = -128; each < 128; each++) {
      boolean in = "Q1\0?@\u007f".indexOf(each) >= 0;
      assertThat(set.has((byte) each)).as("byte %d", each).isEqualTo(in);
    }
  }

  @Test
  void with_adds_and_leaves_the_original_alone() {
    TagSet more = TagSet.NONE.with((byte) 'Q', (byte) '1');
    assertThat(more.has((byte) 'Q')).isTrue();
    assertThat(more.has((byte) '1')).isTrue();
    assertThat(TagSet.NONE.has((byte) 'Q')).isFalse();
  }

  @Test
  void a_client_may_send_only_the_messages_of_the_manual() {
    String known = "BCDEFHPQSXcdf";
    for (int each = -128; each < 128; each++) {
      assertThat(FrontendTag.AFTER_LOGIN.has((byte) each))
          .as("byte %d", each)
          .isEqualTo(known.indexOf(each) >= 0);
    }
  }
}
