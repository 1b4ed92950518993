package org.pglynx.proxy.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.Formats;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.Oid;
import org.pglynx.proxy.wire.PgErrorException;

class PulledRowsTest {
  private static final List<SortKey> FIRST = List.of(new SortKey(0, false, false));

  private static PulledRows rows(List<SortKey> keys, long limit, long memory) {
    RowOrder order = new RowOrder(keys, new int[] {Oid.INT4}, Formats.ALL_TEXT);
    return new PulledRows(order, limit, memory, BitSet.valueOf(new long[] {0b101}));
  }

  private static void give(PulledRows rows, int shard, String... values) throws PgErrorException {
    for (String value : values) {
      ByteBuf out = Unpooled.buffer();
      int mark = FrameWriter.begin(out, BackendTag.DATA_ROW);
      out.writeShort(1).writeInt(value.length());
      out.writeCharSequence(value, StandardCharsets.US_ASCII);
      FrameWriter.finish(out, mark);
      rows.add(shard, out, 0, out.readableBytes());
    }
  }

  private static List<String> take(PulledRows rows, long wanted) {
    ByteBuf out = Unpooled.buffer();
    long count = rows.take(wanted, out);
    List<String> values = new ArrayList<>();
    while (out.isReadable()) {
      int length = out.getInt(out.readerIndex() + 7);
      values.add(out.toString(out.readerIndex() + 11, length, StandardCharsets.US_ASCII));
      out.skipBytes(1 + out.getInt(out.readerIndex() + 1));
    }
    assertThat(values).hasSize((int) count);
    return values;
  }

  @Test
  void what_comes_next_is_known_when_each_shard_has_a_row_or_no_more() throws Exception {
    PulledRows rows = rows(FIRST, -1, 1000);
    give(rows, 0, "1", "4");

    assertThat(take(rows, 9)).isEmpty();
    assertThat(rows.lacking()).isEqualTo(BitSet.valueOf(new long[] {0b100}));
    give(rows, 2, "2", "3");
    assertThat(take(rows, 1)).containsExactly("1");
    assertThat(take(rows, 9)).containsExactly("2", "3");
    rows.exhausted(2);
    assertThat(take(rows, 9)).containsExactly("4");
    rows.exhausted(0);
    assertThat(rows.over()).isTrue();
  }

  @Test
  void without_an_order_rows_are_given_as_soon_as_they_are_there() throws Exception {
    PulledRows rows = rows(List.of(), -1, 1000);
    give(rows, 2, "7");

    assertThat(rows.lacking().isEmpty()).isTrue();
    assertThat(take(rows, 9)).containsExactly("7");
    assertThat(rows.lacking().cardinality()).isEqualTo(2);
  }

  @Test
  void no_more_rows_are_given_or_asked_for_than_the_limit_leaves() throws Exception {
    PulledRows rows = rows(FIRST, 3, 100_000);

    assertThat(rows.round(100)).isEqualTo(3);
    give(rows, 0, "1", "2", "3");
    give(rows, 2, "5", "6", "7");
    assertThat(take(rows, 2)).containsExactly("1", "2");
    assertThat(rows.round(100)).isEqualTo(1);
    assertThat(take(rows, 9)).containsExactly("3");
    assertThat(rows.over()).isTrue();
    assertThat(rows.lacking().isEmpty()).isTrue();
  }

  @Test
  void wide_rows_are_asked_for_few_at_a_time_and_too_many_bytes_are_an_error() throws Exception {
    PulledRows rows = rows(List.of(), -1, 4_000);

    assertThat(rows.round(1_000)).isEqualTo(256);
    give(rows, 0, "9".repeat(500));
    assertThat(rows.round(1_000)).isEqualTo(1);
    assertThatThrownBy(() -> give(rows, 0, "9".repeat(3_500)))
        .isInstanceOf(PgErrorException.class)
        .hasMessageContaining("max_merge_memory (4000 bytes)");
  }
}
