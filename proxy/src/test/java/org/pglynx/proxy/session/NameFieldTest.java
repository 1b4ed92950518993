package org.pglynx.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Layer 1: names in messages, and what Postgres says where there is none. */
class NameFieldTest {
  private static ByteBuf message(String text) {
    return Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void a_name_ends_with_a_zero() {
    ByteBuf message = message("portal\0statement\0");
    assertThat(NameField.length(message, 0, 17)).isEqualTo(6);
    assertThat(NameField.length(message, 7, 17)).isEqualTo(9);
    assertThat(NameField.length(message("\0"), 0, 1)).isZero();
  }

  @Test
  void a_zero_behind_the_message_does_not_count() {
    assertThatThrownBy(() -> NameField.length(message("name\0"), 0, 4))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessage("invalid string in message");
  }

  @Test
  void a_message_that_is_over_before_the_name_has_no_data_left() {
    assertThatThrownBy(() -> NameField.length(message("name\0"), 5, 4))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessage("no data left in message");
  }

  @Test
  void a_name_of_more_bytes_than_are_looked_at_is_too_long() {
    assertThatThrownBy(() -> NameField.length(message("x".repeat(1024)), 0, 1024))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessageContaining("longer than 1024 bytes");
  }

  @Test
  void nothing_may_stand_behind_the_last_field() {
    assertThatThrownBy(() -> NameField.requireEnd(4, 5))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessage("invalid message format");
  }
}
