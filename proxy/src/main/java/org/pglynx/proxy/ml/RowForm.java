package org.pglynx.proxy.ml;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.Column;
import org.pglynx.proxy.wire.Formats;
import org.pglynx.proxy.wire.Oid;
import org.pglynx.proxy.wire.RowWriter;

/**
 * How the one row of a function goes out: its columns, or some of them, or all as one composite.
 *
 * @param source the function's columns
 * @param columns the result's columns
 * @param indexes which of the function's columns each is; empty for a composite
 */
record RowForm(List<Column> source, List<Column> columns, List<Integer> indexes) {
  /** Columns under the names. */
  static RowForm table(List<Column> source, List<String> names, List<Integer> indexes) {
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < indexes.size(); i++) {
      Column column = source.get(indexes.get(i));
      columns.add(new Column(names.get(i), column.typeOid(), column.typeLength()));
    }
    return new RowForm(source, columns, indexes);
  }

  /** All columns, under their own names. */
  static RowForm all(List<Column> source) {
    return new RowForm(source, source, IntStream.range(0, source.size()).boxed().toList());
  }

  /** One composite column of the name. */
  static RowForm composite(List<Column> source, String name) {
    return new RowForm(source, List.of(Column.record(name)), List.of());
  }

  /**
   * Writes the row.
   *
   * @param values the function's row: String, Long, Boolean, byte[], …, or null
   */
  void write(ByteBuf out, short[] formats, List<@Nullable Object> values) {
    RowWriter row = new RowWriter(out, columns.size(), formats).begin();
    if (indexes.isEmpty() && Formats.of(formats, 0) == Formats.BINARY) {
      row.raw(RecordValue.binary(source, values));
    } else if (indexes.isEmpty()) {
      row.text(RecordValue.text(values));
    }
    for (int index : indexes) {
      value(row, source.get(index), values.get(index));
    }
    row.end();
  }

  private static void value(RowWriter row, Column column, @Nullable Object value) {
    if (value == null) {
      row.nullValue();
      return;
    }
    switch (column.typeOid()) {
      case Oid.BOOL -> row.bool((Boolean) value);
      case Oid.INT8 -> row.int8((Long) value);
      case Oid.FLOAT4 -> row.float4((Float) value);
      case Oid.BYTEA -> row.bytea((byte[]) value);
      case Oid.FLOAT4_ARRAY -> row.float4Array((float[]) value);
      case Oid.FLOAT8 -> row.float8((Double) value);
      case Oid.JSONB -> row.jsonb((String) value);
      default -> row.text((String) value);
    }
  }
}
