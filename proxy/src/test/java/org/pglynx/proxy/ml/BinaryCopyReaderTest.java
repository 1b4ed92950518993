package org.pglynx.proxy.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.pglynx.ml.data.ColumnSpec.Role;
import org.pglynx.ml.data.DataSet;
import org.pglynx.ml.data.DataSetBuilder;
import org.pglynx.ml.model.CancelSource;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.proxy.wire.Oid;
import org.pglynx.proxy.wire.PgErrorException;

class BinaryCopyReaderTest {
  private static final byte[] SIGNATURE =
      "PGCOPY\n\377\r\n\0".getBytes(StandardCharsets.ISO_8859_1);

  @Test
  void decodes_all_kinds_of_columns_wherever_the_chunks_are_cut() throws PgErrorException {
    ByteBuf stream = stream();
    for (int chunk : new int[] {1, 2, 7, 30, 1000}) {
      DataSetBuilder builder = builder(Long.MAX_VALUE);
      BinaryCopyReader reader =
          new BinaryCopyReader(columns(), builder, n -> {}, CancelToken.NEVER);
      for (int at = 0; at < stream.writerIndex(); at += chunk) {
        reader.accept(stream.copy(at, Math.min(chunk, stream.writerIndex() - at)));
      }
      assertRows(builder.build());
    }
  }

  private static void assertRows(DataSet data) {
    assertThat(data.rowCount()).isEqualTo(2);
    assertThat(data.featureNames()).containsExactly("i", "arr[1]", "arr[2]");
    assertThat(data.feature(0, 0)).isEqualTo(7f);
    assertThat(data.feature(1, 0)).isNaN();
    assertThat(data.feature(0, 2)).isEqualTo(2.5f);
    assertThat(data.feature(1, 1)).isNaN();
    assertThat(data.classes(data.allRows()).labels().names()).containsExactly("no", "yes");
  }

  @Test
  void decodes_rows_of_reals_alone_with_and_without_null() throws PgErrorException {
    ByteBuf stream = header();
    row(stream, 1f, 2f, 3f);
    row(stream, null, Float.NaN, 4f);
    row(stream, 5f, null, 6f);
    row(stream, Float.POSITIVE_INFINITY, 7f, 8f);
    stream.writeShort(-1);
    for (int chunk : new int[] {1, 2, 7, 30, 1000}) {
      DataSetBuilder builder =
          new DataSetBuilder(reals().stream().map(TrainingColumn::spec).toList(), Long.MAX_VALUE);
      BinaryCopyReader reader = new BinaryCopyReader(reals(), builder, n -> {}, CancelToken.NEVER);
      for (int at = 0; at < stream.writerIndex(); at += chunk) {
        reader.accept(stream.copy(at, Math.min(chunk, stream.writerIndex() - at)));
      }
      DataSet data = builder.build();

      assertThat(data.rowMajor(data.allRows()))
          .containsExactly(
              1f, 2f, Float.NaN, Float.NaN, 5f, Float.NaN, Float.POSITIVE_INFINITY, 7f);
      assertThat(data.labels(data.allRows())).containsExactly(3, 4, 6, 8);
      assertThat(List.of(data.nullCount(0), data.nanCount(1), data.infinityCount(0)))
          .containsExactly(1, 1, 1);
    }
  }

  @Test
  void refuses_a_real_of_another_length() {
    ByteBuf stream = header().writeShort(3).writeInt(8).writeDouble(1).writeZero(100);
    DataSetBuilder builder =
        new DataSetBuilder(reals().stream().map(TrainingColumn::spec).toList(), Long.MAX_VALUE);
    BinaryCopyReader reader = new BinaryCopyReader(reals(), builder, n -> {}, CancelToken.NEVER);

    assertThatThrownBy(() -> reader.accept(stream)).hasMessageStartingWith("08P01");
  }

  @Test
  void stops_when_cancelled() {
    CancelSource cancel = new CancelSource();
    cancel.cancel();
    BinaryCopyReader reader =
        new BinaryCopyReader(columns(), builder(Long.MAX_VALUE), n -> {}, cancel);

    assertThatThrownBy(() -> reader.accept(stream())).hasMessageStartingWith("57014");
  }

  @Test
  void refuses_rows_of_another_shape() {
    ByteBuf stream = header().writeShort(1).writeInt(-1);
    BinaryCopyReader reader =
        new BinaryCopyReader(columns(), builder(Long.MAX_VALUE), n -> {}, CancelToken.NEVER);

    assertThatThrownBy(() -> reader.accept(stream)).hasMessageStartingWith("08P01");
  }

  @Test
  void refuses_types_that_cannot_be_learned_from_by_name() {
    assertThatThrownBy(() -> TrainingColumn.of("t", Oid.JSONB, null, "jsonb", true, Role.FEATURE))
        .hasMessage("42804: column \"t\" of type jsonb cannot be learned from");
    assertThatThrownBy(
            () -> TrainingColumn.of("a", Oid.INT4_ARRAY, null, "integer[]", true, Role.LABEL))
        .hasMessage("42804: column \"a\" of type integer[] cannot be a label");
  }

  private static DataSetBuilder builder(long budget) {
    return new DataSetBuilder(columns().stream().map(TrainingColumn::spec).toList(), budget);
  }

  private static List<TrainingColumn> columns() {
    try {
      return List.of(
          TrainingColumn.of("i", Oid.INT4, null, "integer", true, Role.FEATURE),
          TrainingColumn.of("arr", Oid.FLOAT4_ARRAY, null, "real[]", true, Role.FEATURE),
          TrainingColumn.of("y", Oid.TEXT, null, "text", true, Role.LABEL));
    } catch (PgErrorException e) {
      throw new AssertionError(e);
    }
  }

  private static List<TrainingColumn> reals() {
    try {
      return List.of(
          TrainingColumn.of("a", Oid.FLOAT4, null, "real", true, Role.FEATURE),
          TrainingColumn.of("b", Oid.FLOAT4, null, "real", true, Role.FEATURE),
          TrainingColumn.of("y", Oid.FLOAT4, null, "real", true, Role.LABEL));
    } catch (PgErrorException e) {
      throw new AssertionError(e);
    }
  }

  private static void row(ByteBuf out, @Nullable Float... cells) {
    out.writeShort(cells.length);
    for (Float cell : cells) {
      if (cell == null) {
        out.writeInt(-1);
      } else {
        out.writeInt(4).writeFloat(cell);
      }
    }
  }

  private static ByteBuf header() {
    return Unpooled.buffer().writeBytes(SIGNATURE).writeInt(0).writeInt(0);
  }

  private static ByteBuf stream() {
    ByteBuf out = header();
    out.writeShort(3).writeInt(4).writeInt(7);
    value(out, Frames.float4Array(1f, 2.5f));
    value(out, "yes".getBytes(StandardCharsets.UTF_8));
    out.writeShort(3).writeInt(-1);
    value(out, Frames.float4Array(null, 3f));
    value(out, "no".getBytes(StandardCharsets.UTF_8));
    return out.writeShort(-1);
  }

  private static void value(ByteBuf out, byte[] bytes) {
    out.writeInt(bytes.length).writeBytes(bytes);
  }
}
