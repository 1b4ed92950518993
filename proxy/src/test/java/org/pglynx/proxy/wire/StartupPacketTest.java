package org.pglynx.proxy.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Layer 1: the untagged packets. */
class StartupPacketTest {
  private static StartupPacket read(byte[] packet) {
    return StartupPacket.read(Unpooled.wrappedBuffer(packet));
  }

  @Test
  void a_startup_message_keeps_its_parameters_in_order_and_empty_values() {
    StartupPacket.Startup startup =
        (StartupPacket.Startup)
            read(
                FrontendBytes.startup(
                    2, "user", "jürgen", "options", "", "database", "x", "_pq_.wish", "1"));
    assertThat(startup.major()).isEqualTo(3);
    assertThat(startup.minor()).isEqualTo(2);
    assertThat(startup.parameters())
        .containsEntry("user", "jürgen")
        .containsEntry("options", "")
        .containsEntry("database", "x")
        .hasSize(3);
    assertThat(startup.protocolOptions()).containsExactly("_pq_.wish");
  }

  @Test
  void requests_are_told_apart() {
    assertThat(read(FrontendBytes.sslRequest())).isInstanceOf(StartupPacket.SslRequest.class);
    assertThat(read(FrontendBytes.gssRequest())).isInstanceOf(StartupPacket.GssRequest.class);
    StartupPacket.Cancel cancel =
        (StartupPacket.Cancel) read(FrontendBytes.cancel(7, new byte[] {1, 2, 3, 4}));
    assertThat(cancel.pid()).isEqualTo(7);
    assertThat(cancel.key()).containsExactly(1, 2, 3, 4);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 257})
  void a_cancel_key_of_the_wrong_size_is_refused(int size) {
    assertThatThrownBy(() -> read(FrontendBytes.cancel(7, new byte[size])))
        .isInstanceOf(ProtocolException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 256})
  void cancel_keys_of_protocol_3_2_are_read(int size) {
    assertThat(((StartupPacket.Cancel) read(FrontendBytes.cancel(7, new byte[size]))).key())
        .hasSize(size);
  }

  @Test
  void a_cancel_request_without_a_process_is_refused() {
    assertThatThrownBy(() -> read(FrontendBytes.untagged(80877102, out -> out.writeShort(1))))
        .isInstanceOf(ProtocolException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "user", "user\0", "user\0app", "user\0app\0", "user\0app\0\0x", "\0\0"})
  void a_startup_message_that_breaks_off_or_runs_on_is_refused(String body) {
    byte[] packet =
        FrontendBytes.untagged(
            3 << 16, out -> out.writeBytes(body.getBytes(StandardCharsets.UTF_8)));
    assertThatThrownBy(() -> read(packet))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("terminator");
  }

  @Test
  void another_major_version_is_told_without_a_look_at_its_body() {
    StartupPacket.Startup startup =
        (StartupPacket.Startup) read(FrontendBytes.untagged(2 << 16, out -> out.writeZero(3)));
    assertThat(startup.major()).isEqualTo(2);
    assertThat(startup.parameters()).isEmpty();
  }

  @Test
  void noise_throws_nothing_but_protocol_exceptions() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int[] codes = {3 << 16, 80877102, 80877103, 80877104, 2 << 16, -1};
    for (int round = 0; round < 5000; round++) {
      byte[] body = new byte[random.nextInt(40)];
      random.nextBytes(body);
      for (int i = 0; i < body.length; i++) {
        body[i] = random.nextInt(3) == 0 ? 0 : body[i];
      }
      ByteBuf packet = Unpooled.buffer();
      packet.writeInt(8 + body.length).writeInt(codes[random.nextInt(codes.length)]);
      packet.writeBytes(body);
      try {
        StartupPacket.read(packet);
      } catch (ProtocolException expected) {
        assertThat(expected.getMessage()).isNotEmpty();
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }
}
