package org.pglynx.proxy.admin;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.Column;
import org.pglynx.proxy.wire.RowWriter;

/**
 * The columns of a table and where each gets its value from. Immutable: each method gives a layout
 * with one more column.
 *
 * @param <R> what a row is made of
 */
final class Layout<R> {
  private record Field<R>(Column column, Value<R> value) {}

  private interface Value<R> {
    void write(RowWriter writer, R row);
  }

  private final List<Field<R>> fields;

  private Layout(List<Field<R>> fields) {
    this.fields = fields;
  }

  /** No columns yet. */
  static <R> Layout<R> empty() {
    return new Layout<>(List.of());
  }

  private Layout<R> with(Column column, Value<R> value) {
    List<Field<R>> more = new ArrayList<>(fields);
    more.add(new Field<>(column, value));
    return new Layout<>(List.copyOf(more));
  }

  /** A text; null is NULL. */
  Layout<R> text(String name, Function<R, @Nullable String> value) {
    return with(Column.text(name), (writer, row) -> writeText(writer, value.apply(row)));
  }

  private static void writeText(RowWriter writer, @Nullable String text) {
    if (text == null) {
      writer.nullValue();
    } else {
      writer.text(text);
    }
  }

  /** A bigint. */
  Layout<R> number(String name, ToLongFunction<R> value) {
    return with(Column.int8(name), (writer, row) -> writer.int8(value.applyAsLong(row)));
  }

  /** A count of something that pglynx does not have, so that it is always 0. */
  Layout<R> none(String name) {
    return number(name, row -> 0);
  }

  /** A text that pglynx does not know: NULL. */
  Layout<R> unknownText(String name) {
    return text(name, row -> null);
  }

  /** A number that pglynx does not know: NULL. */
  Layout<R> unknownNumber(String name) {
    return with(Column.int8(name), (writer, row) -> writer.nullValue());
  }

  /** The columns in order. */
  List<Column> columns() {
    return fields.stream().map(Field::column).toList();
  }

  /** Writes one row. */
  void write(RowWriter writer, R row) {
    writer.begin();
    for (Field<R> field : fields) {
      field.value().write(writer, row);
    }
    writer.end();
  }
}
