package org.pglynx.proxy.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Layer 1: names survive being strings. */
class WireTextTest {
  private static String decoded(byte[] bytes) {
    return WireText.decode(Unpooled.wrappedBuffer(bytes), 0, bytes.length);
  }

  @Test
  void any_bytes_come_out_as_they_went_in() {
    Random random = new Random(8);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[random.nextInt(8)];
      random.nextBytes(bytes);

      assertThat(WireText.encode(decoded(bytes))).isEqualTo(bytes);
    }
  }

  @Test
  void text_of_utf8_is_what_it_is() {
    for (String text : new String[] {"", "app", "é漢😀", "\uFFFD"}) {
      byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
      assertThat(decoded(bytes)).isEqualTo(text);
      assertThat(WireText.encode(text)).isEqualTo(bytes);
    }
  }

  @Test
  void different_bytes_are_different_names() {
    assertThat(decoded(new byte[] {(byte) 0xff})).isNotEqualTo(decoded(new byte[] {(byte) 0xfe}));
  }

  @Test
  void a_startup_packet_keeps_who_logs_in_apart() {
    assertThat(user((byte) 0xff)).isNotEqualTo(user((byte) 0xfe));
  }

  private static String user(byte name) {
    ByteBuf packet = Unpooled.buffer();
    packet.writeInt(0).writeInt(196608);
    packet.writeBytes("user\0".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    packet.writeByte(name).writeByte(0).writeByte(0);
    packet.setInt(0, packet.readableBytes());
    StartupPacket read = StartupPacket.read(packet);
    return String.valueOf(((StartupPacket.Startup) read).parameters().get("user"));
  }

  @Test
  void a_name_is_written_as_it_came() {
    ByteBuf out = Unpooled.buffer();
    FrameWriter.cstring(out, decoded(new byte[] {'a', (byte) 0xe9, 'b'}));

    assertThat(io.netty.buffer.ByteBufUtil.getBytes(out)).containsExactly('a', (byte) 0xe9, 'b', 0);
  }
}
