package org.pglynx.proxy.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Layer 1: errors of servers that are not trusted. */
class ErrorFieldsTest {
  private static PgError read(ByteBuf frame) {
    return ErrorFields.read(frame, 0, frame.writerIndex());
  }

  @Test
  void the_fields_are_read_and_the_severity_becomes_error() {
    PgError error = read(Unpooled.wrappedBuffer(BackendBytes.fatal("57P01", "bye")));
    assertThat(error.severity()).isEqualTo(PgError.Severity.ERROR);
    assertThat(error.code()).isEqualTo("57P01");
    assertThat(error.message()).isEqualTo("bye");
  }

  @Test
  void fatal_and_panic_end_the_connection_and_a_translated_error_does_not() {
    assertThat(ends("SFATAL\0VFATAL\0\0")).isTrue();
    assertThat(ends("SPANIK\0VPANIC\0\0")).isTrue();
    assertThat(ends("SFATAL\0\0")).as("before 9.6 there is no V").isTrue();
    assertThat(ends("SFEHLER\0VERROR\0\0")).isFalse();
  }

  private static boolean ends(String body) {
    ByteBuf frame = frame(body);
    return ErrorFields.ends(frame, 0, frame.writerIndex());
  }

  private static ByteBuf frame(String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return Unpooled.buffer().writeByte('E').writeInt(4 + bytes.length).writeBytes(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\0", "M", "Mno end", "Xwhat\0\0", "C42\0\0", "C\0M\0"})
  void missing_unknown_and_broken_fields_are_survived_CVE_2026_6666(String body) {
    PgError error = read(frame(body));
    assertThat(error.code()).isEqualTo("XX000");
    assertThat(error.message()).isNotNull();
    assertThat(ends(body)).isFalse();
  }

  @Test
  void noise_is_survived() {
    Random random = new Random(7);
    for (int round = 0; round < 5000; round++) {
      byte[] noise = new byte[random.nextInt(30)];
      random.nextBytes(noise);
      ByteBuf frame = Unpooled.buffer().writeByte('E').writeInt(4).writeBytes(noise);
      assertThat(read(frame).code()).hasSize(5);
    }
  }
}
