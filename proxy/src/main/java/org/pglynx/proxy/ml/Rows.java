package org.pglynx.proxy.ml;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads values that cannot be NULL from rows of internal queries. */
final class Rows {
  private Rows() {}

  static String text(@Nullable String[] row, int column) {
    return Objects.requireNonNull(row[column], "column " + column + " is NULL");
  }

  static long int8(@Nullable String[] row, int column) {
    return Long.parseLong(text(row, column));
  }
}
