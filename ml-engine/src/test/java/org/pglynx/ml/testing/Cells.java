package org.pglynx.ml.testing;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.data.ColumnSpec;
import org.pglynx.ml.data.DataSet;
import org.pglynx.ml.data.DataSetBuilder;

/** Data sets of rows of mixed cells: Number, String, or null for NULL. */
public final class Cells {
  private Cells() {}

  /** The data set. */
  public static DataSet of(List<ColumnSpec> columns, @Nullable Object[]... rows) {
    DataSetBuilder builder = new DataSetBuilder(columns, Long.MAX_VALUE);
    for (@Nullable Object[] row : rows) {
      for (Object cell : row) {
        add(builder, cell);
      }
      builder.endRow();
    }
    return builder.build();
  }

  private static void add(DataSetBuilder builder, @Nullable Object cell) {
    switch (cell) {
      case null -> builder.missing();
      case Number number -> builder.number(number.doubleValue());
      default -> {
        byte[] bytes = cell.toString().getBytes(StandardCharsets.UTF_8);
        builder.text(bytes, 0, bytes.length);
      }
    }
  }

  /** A row. */
  public static @Nullable Object[] row(@Nullable Object... cells) {
    return cells;
  }
}
