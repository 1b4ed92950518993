package org.pglynx.ml.testing;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.data.BuiltInDataset;
import org.pglynx.ml.data.ColumnSpec;
import org.pglynx.ml.data.ColumnSpec.Type;
import org.pglynx.ml.data.DataSet;
import org.pglynx.ml.data.DataSetBuilder;
import org.pglynx.ml.data.DatasetRows;
import org.pglynx.ml.data.Datasets;

/** Data sets for tests. */
public final class Sets {
  private Sets() {}

  /** A built-in set, its last column the label, read through the same doors as production. */
  public static DataSet builtIn(String name) {
    BuiltInDataset source = Datasets.find(name).orElseThrow();
    int last = source.columns().size() - 1;
    List<ColumnSpec> specs = new ArrayList<>();
    for (int c = 0; c < last; c++) {
      BuiltInDataset.Column column = source.columns().get(c);
      specs.add(
          column.sqlType().endsWith("[]")
              ? ColumnSpec.arrayFeature(column.name())
              : ColumnSpec.feature(column.name()));
    }
    boolean bool = source.columns().get(last).sqlType().equals("boolean");
    specs.add(
        ColumnSpec.label(source.columns().get(last).name(), bool ? Type.BOOLEAN : Type.NUMBER));
    DataSetBuilder builder = new DataSetBuilder(specs, Long.MAX_VALUE);
    try (DatasetRows rows = source.open()) {
      while (rows.next()) {
        for (int c = 0; c <= last; c++) {
          cell(builder, rows.text(c));
        }
        builder.endRow();
      }
    }
    return builder.build();
  }

  /** Features x1, x2, … and a numeric label y, the last cell of every row. */
  public static DataSet numbers(double[]... rows) {
    DataSetBuilder builder = new DataSetBuilder(columns(rows[0].length - 1, Type.NUMBER), 1 << 30);
    for (double[] row : rows) {
      for (double cell : row) {
        builder.number(cell);
      }
      builder.endRow();
    }
    return builder.build();
  }

  /** The same rows in groups of that size, for ranking. */
  public static TrainingTable grouped(TrainingTable table, int size) {
    int[] groups = new int[table.rows()];
    Arrays.setAll(groups, i -> i / size);
    return table.withGroups(groups);
  }

  /** One feature x1 and a text label y. */
  public static DataSet texts(double[] x, String... labels) {
    DataSetBuilder builder = new DataSetBuilder(columns(1, Type.TEXT), 1 << 30);
    for (int i = 0; i < x.length; i++) {
      builder.number(x[i]);
      byte[] bytes = labels[i].getBytes(StandardCharsets.UTF_8);
      builder.text(bytes, 0, bytes.length);
      builder.endRow();
    }
    return builder.build();
  }

  /** Feature columns x1, x2, … and the label y. */
  public static List<ColumnSpec> columns(int features, Type label) {
    List<ColumnSpec> specs = new ArrayList<>();
    for (int j = 1; j <= features; j++) {
      specs.add(ColumnSpec.feature("x" + j));
    }
    specs.add(ColumnSpec.label("y", label));
    return specs;
  }

  private static void cell(DataSetBuilder builder, String text) {
    if (text.startsWith("{")) {
      String[] elements = text.replaceAll("[{}]", "").split(",", -1);
      builder.startArray(elements.length);
      for (String element : elements) {
        builder.number(Double.parseDouble(element));
      }
    } else if (text.equals("t") || text.equals("f")) {
      builder.number(text.equals("t") ? 1 : 0);
    } else {
      builder.number(Double.parseDouble(text));
    }
  }
}
