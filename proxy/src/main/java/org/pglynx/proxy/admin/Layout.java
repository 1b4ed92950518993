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
  private record Field<R>(Column column, Function<R, @Nullable Object> value) {}

  private final List<Field<R>> fields;

  private Layout(List<Field<R>> fields) {
    this.fields = fields;
  }

  /** No columns yet. */
  static <R> Layout<R> empty() {
    return new Layout<>(List.of());
  }

  private Layout<R> with(Column column, Function<R, @Nullable Object> value) {
    List<Field<R>> more = new ArrayList<>(fields);
    more.add(new Field<>(column, value));
    return new Layout<>(List.copyOf(more));
  }

  /** A text; null is NULL. */
  Layout<R> text(String name, Function<R, @Nullable String> value) {
    return with(Column.text(name), value::apply);
  }

  /** A bigint. */
  Layout<R> number(String name, ToLongFunction<R> value) {
    return with(Column.int8(name), value::applyAsLong);
  }

  /** A bigint; null is NULL. */
  Layout<R> knownNumber(String name, Function<R, @Nullable Long> value) {
    return with(Column.int8(name), value::apply);
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
    return with(Column.int8(name), row -> null);
  }

  /** The columns in order. */
  List<Column> columns() {
    return fields.stream().map(Field::column).toList();
  }

  /** Writes one row. */
  void write(RowWriter writer, R row) {
    writer.begin();
    for (int i = 0; i < fields.size(); i++) {
      switch (value(row, i)) {
        case null -> writer.nullValue();
        case Long number -> writer.int8(number);
        case Object text -> writer.text(text.toString());
      }
    }
    writer.end();
  }

  /** The value of a column: a text, a whole number, or null. */
  @Nullable Object value(R row, int column) {
    return fields.get(column).value().apply(row);
  }
}
