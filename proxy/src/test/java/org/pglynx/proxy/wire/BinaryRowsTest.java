package org.pglynx.proxy.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BinaryRowsTest {
  private final List<byte[]> blocks = new ArrayList<>();
  private final BinaryRows rows = new BinaryRows(blocks::add);

  /** Rows of a number and a NULL. */
  private static ByteBuf stream(int count) {
    ByteBuf out = Unpooled.buffer().writeBytes(BinaryRows.header());
    for (int i = 0; i < count; i++) {
      out.writeShort(2).writeInt(4).writeInt(i).writeInt(-1);
    }
    return out.writeBytes(BinaryRows.trailer());
  }

  private byte[] joined() {
    ByteBuf all = Unpooled.buffer();
    blocks.forEach(all::writeBytes);
    byte[] bytes = new byte[all.readableBytes()];
    all.readBytes(bytes);
    return bytes;
  }

  private static byte[] between(ByteBuf stream) {
    byte[] bytes = new byte[stream.readableBytes() - 19 - 2];
    stream.getBytes(19, bytes);
    return bytes;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7, 14, 1000, 1_000_000})
  void blocks_are_of_whole_rows_however_the_stream_comes(int piece) {
    ByteBuf stream = stream(600);

    for (int at = 0; at < stream.readableBytes(); at += piece) {
      rows.accept(stream.slice(at, Math.min(piece, stream.readableBytes() - at)));
    }
    rows.end();

    assertThat(blocks).hasSize(3);
    assertThat(blocks.get(0)).hasSize(256 * 14);
    assertThat(joined()).isEqualTo(between(stream));
  }

  @Test
  void a_table_without_rows_has_no_blocks() {
    rows.accept(stream(0));
    rows.end();

    assertThat(blocks).isEmpty();
  }

  @Test
  void a_stream_that_stops_amid_rows_is_refused() {
    ByteBuf stream = stream(3);
    rows.accept(stream.slice(0, stream.readableBytes() - 2));

    assertThatThrownBy(rows::end)
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("without their trailer");
  }

  @Test
  void another_format_is_refused() {
    assertThatThrownBy(
            () -> rows.accept(Unpooled.wrappedBuffer("1\t2\n3\t4\n5\t6\n7\t8\n9\t0\n".getBytes())))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("binary format");
  }
}
