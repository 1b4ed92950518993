package org.pglynx.proxy.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.Oid;
import org.pglynx.proxy.wire.PgErrorException;

class RowMergersTest {
  private static final short[] TEXT = {};
  private static final short[] BINARY = {1};

  /** A row of one column. */
  private static ByteBuf frame(byte @Nullable [] cell) {
    ByteBuf out = Unpooled.buffer(64);
    int mark = FrameWriter.begin(out, BackendTag.DATA_ROW);
    out.writeShort(1).writeInt(cell == null ? -1 : cell.length);
    if (cell != null) {
      out.writeBytes(cell);
    }
    FrameWriter.finish(out, mark);
    return out;
  }

  private static byte @Nullable [] text(@Nullable String value) {
    return value == null ? null : value.getBytes(StandardCharsets.UTF_8);
  }

  private static List<String> firstColumn(ByteBuf rows) {
    List<String> values = new ArrayList<>();
    while (rows.isReadable()) {
      byte[] cell = Cells.of(rows, rows.readerIndex())[0];
      values.add(cell == null ? "NULL" : new String(cell, StandardCharsets.UTF_8));
      rows.skipBytes(1 + rows.getInt(rows.readerIndex() + 1));
    }
    return values;
  }

  private static OrderedRows ordered(int type, boolean descending, boolean nullsFirst, long limit) {
    return new OrderedRows(
        new MergePlan.Ordered(List.of(new SortKey(0, descending, nullsFirst)), limit),
        new int[] {type},
        TEXT,
        BitSet.valueOf(new long[] {3}));
  }

  private static boolean give(RowMerger rows, int shard, ByteBuf out, @Nullable String value)
      throws PgErrorException {
    ByteBuf frame = frame(text(value));
    return rows.row(shard, frame, 0, frame.readableBytes(), out);
  }

  @Test
  void rows_come_in_order_as_soon_as_it_is_known() throws Exception {
    ByteBuf out = Unpooled.buffer();
    OrderedRows rows = ordered(Oid.INT4, false, false, -1);

    give(rows, 0, out, "2");
    give(rows, 0, out, "10");
    assertThat(out.isReadable()).isFalse();
    give(rows, 1, out, "9");
    assertThat(firstColumn(out)).containsExactly("2", "9");
    rows.ended(1, out);
    assertThat(firstColumn(out)).containsExactly("10");
    rows.ended(0, out);
    assertThat(rows.rows()).isEqualTo(3);
  }

  @Test
  void nulls_come_where_they_are_wanted() throws Exception {
    for (boolean first : new boolean[] {true, false}) {
      ByteBuf out = Unpooled.buffer();
      OrderedRows rows = ordered(Oid.INT4, true, first, -1);
      give(rows, 0, out, first ? null : "7");
      give(rows, 0, out, first ? "7" : null);
      give(rows, 1, out, "8");
      rows.ended(0, out);
      rows.ended(1, out);

      assertThat(firstColumn(out))
          .isEqualTo(first ? List.of("NULL", "8", "7") : List.of("8", "7", "NULL"));
    }
  }

  @Test
  void times_are_in_their_order_also_before_christ_and_without_an_end() throws Exception {
    List<String> times =
        List.of(
            "-infinity",
            "0044-03-15 12:00:00 BC",
            "0001-12-31 00:00:00 BC",
            "0001-01-01 00:00:00",
            "2024-02-29 10:00:00",
            "2024-02-29 10:00:00.000001",
            "10024-01-01 00:00:00",
            "infinity");
    ByteBuf out = Unpooled.buffer();
    OrderedRows rows = ordered(Oid.TIMESTAMP, false, false, -1);
    for (int i = 0; i < times.size(); i++) {
      assertThat(give(rows, i % 2, out, times.get(i))).isTrue();
    }
    rows.ended(0, out);
    rows.ended(1, out);

    assertThat(firstColumn(out)).isEqualTo(times);
  }

  @Test
  void a_time_of_another_style_is_not_guessed() {
    OrderedRows rows = ordered(Oid.TIMESTAMP, false, false, -1);

    assertThatThrownBy(() -> give(rows, 0, Unpooled.buffer(), "02/29/2024 10:00:00"))
        .isInstanceOf(PgErrorException.class)
        .hasMessageContaining("DateStyle");
  }

  @Test
  void a_limit_cuts_the_rows_of_all() throws Exception {
    ByteBuf out = Unpooled.buffer();
    OrderedRows rows = ordered(Oid.INT8, false, false, 2);
    give(rows, 0, out, "1");
    give(rows, 0, out, "2");
    give(rows, 1, out, "3");
    give(rows, 1, out, "4");
    rows.ended(0, out);
    rows.ended(1, out);

    assertThat(firstColumn(out)).containsExactly("1", "2");
    assertThat(rows.rows()).isEqualTo(2);
  }

  @Test
  void a_shard_that_is_far_ahead_must_wait() throws Exception {
    ByteBuf out = Unpooled.buffer();
    OrderedRows rows = ordered(Oid.INT4, false, false, -1);
    int taken = 0;
    while (give(rows, 0, out, String.valueOf(taken))) {
      taken++;
    }

    assertThat(taken).isEqualTo(256);
    give(rows, 1, out, "100");
    assertThat(give(rows, 0, out, String.valueOf(taken))).isTrue();
  }

  @Test
  void once_the_limit_is_reached_no_shard_must_wait() throws Exception {
    ByteBuf out = Unpooled.buffer();
    OrderedRows rows = ordered(Oid.INT4, false, false, 1);
    for (int i = 0; i < 256; i++) {
      give(rows, 0, out, "7");
    }
    assertThat(give(rows, 0, out, "7")).isFalse();
    give(rows, 1, out, "1");

    assertThat(firstColumn(out)).containsExactly("1");
    for (int i = 0; i < 300; i++) {
      assertThat(give(rows, 0, out, "7")).isTrue();
    }
  }

  @Test
  void texts_are_not_ordered() {
    OrderedRows rows = ordered(Oid.TEXT, false, false, -1);

    assertThatThrownBy(() -> give(rows, 0, Unpooled.buffer(), "a"))
        .isInstanceOf(PgErrorException.class)
        .hasMessageContaining("not compared");
  }

  @Test
  void columns_of_unknown_type_are_not_ordered() {
    OrderedRows rows =
        new OrderedRows(
            new MergePlan.Ordered(List.of(new SortKey(0, false, false)), -1),
            new int[0],
            TEXT,
            BitSet.valueOf(new long[] {3}));

    assertThatThrownBy(() -> give(rows, 0, Unpooled.buffer(), "1"))
        .hasMessageContaining("types of the columns are not known");
  }

  private static FoldedRow fold(Aggregate aggregate, int type, short[] formats) {
    return new FoldedRow(new MergePlan.Fold(List.of(aggregate)), new int[] {type}, formats, 2);
  }

  private static String folded(Aggregate aggregate, int type, @Nullable String... values)
      throws PgErrorException {
    ByteBuf out = Unpooled.buffer();
    FoldedRow rows = fold(aggregate, type, TEXT);
    for (String value : values) {
      give(rows, 0, out, value);
    }
    rows.ended(0, out);
    assertThat(out.isReadable()).isFalse();
    rows.ended(1, out);
    return firstColumn(out).getFirst();
  }

  @Test
  void aggregates_are_exact() throws Exception {
    assertThat(folded(Aggregate.COUNT, Oid.INT8, "3", "4")).isEqualTo("7");
    assertThat(folded(Aggregate.SUM, Oid.NUMERIC, "0.10", "12345678901234567890.1"))
        .isEqualTo("12345678901234567890.20");
    assertThat(folded(Aggregate.SUM, Oid.INT8, null, "4")).isEqualTo("4");
    assertThat(folded(Aggregate.SUM, Oid.INT8, null, null)).isEqualTo("NULL");
    assertThat(folded(Aggregate.MIN, Oid.INT4, "10", "9")).isEqualTo("9");
    assertThat(folded(Aggregate.MAX, Oid.FLOAT8, "1e10", "NaN")).isEqualTo("NaN");
    assertThat(folded(Aggregate.MIN, Oid.NUMERIC, "NaN", "Infinity")).isEqualTo("Infinity");
    assertThat(folded(Aggregate.MIN, Oid.NUMERIC, "-1", "-Infinity")).isEqualTo("-Infinity");
    assertThat(folded(Aggregate.MAX, Oid.NUMERIC, "Infinity", "1e9")).isEqualTo("Infinity");
    assertThat(folded(Aggregate.MAX, Oid.TIMESTAMP, "2026-11-26 10:00:00", "2026-11-26 10:00:00.5"))
        .isEqualTo("2026-11-26 10:00:00.5");
    assertThat(folded(Aggregate.BOOL_AND, Oid.BOOL, "t", "f")).isEqualTo("f");
    assertThat(folded(Aggregate.BOOL_OR, Oid.BOOL, "t", "f")).isEqualTo("t");
  }

  @Test
  void sums_that_cannot_be_exact_are_errors() {
    assertThatThrownBy(() -> folded(Aggregate.SUM, Oid.FLOAT8, "1", "2"))
        .hasMessageContaining("not exact");
    assertThatThrownBy(() -> folded(Aggregate.SUM, Oid.INT8, "9223372036854775807", "1"))
        .hasMessageContaining("out of range");
    assertThatThrownBy(() -> folded(Aggregate.SUM, Oid.NUMERIC, "NaN", "1"))
        .hasMessageContaining("not exact");
  }

  @Test
  void a_binary_count_stays_binary() throws Exception {
    ByteBuf out = Unpooled.buffer();
    FoldedRow rows = fold(Aggregate.COUNT, Oid.INT8, BINARY);
    for (int shard = 0; shard < 2; shard++) {
      ByteBuf frame = frame(ByteBuffer.allocate(8).putLong(21).array());
      rows.row(shard, frame, 0, frame.readableBytes(), out);
      rows.ended(shard, out);
    }

    assertThat(Cells.of(out, 0)[0]).isEqualTo(ByteBuffer.allocate(8).putLong(42).array());
  }

  @Test
  void row_counts_are_summed_and_other_tags_are_one() {
    CommandCount count = CommandCount.NONE;
    for (String tag : List.of("SELECT 3", "SELECT 4")) {
      ByteBuf frame = Unpooled.buffer();
      FrameWriter.string(frame, BackendTag.COMMAND_COMPLETE, tag);
      count = count.plus(frame, 0, frame.readableBytes());
    }
    ByteBuf commit = Unpooled.buffer();
    FrameWriter.string(commit, BackendTag.COMMAND_COMPLETE, "COMMIT");

    assertThat(count.tag()).isEqualTo("SELECT 7");
    assertThat(CommandCount.NONE.plus(commit, 0, commit.readableBytes()).tag()).isEqualTo("COMMIT");
  }
}
