package org.pglynx.ml.data;

import java.util.List;

/** Describes one column after another over the same rows, in the same memory. */
final class ColumnDescriber {
  private final DataSet data;
  private final List<LabelColumn> labels;
  private final int[] rows;
  private final float[] values;
  private final FloatSort sort = new FloatSort();

  ColumnDescriber(DataSet data, List<LabelColumn> labels, int[] rows) {
    this.data = data;
    this.labels = labels;
    this.rows = rows;
    this.values = new float[rows.length];
  }

  /** A column that is no array. */
  ColumnDescription describe(FeatureColumn feature) {
    data.copy(feature.first(), rows, 0, rows.length, values);
    // Before the values are sorted: they are still those of the rows.
    List<Association> associations =
        labels.stream().map(label -> association(feature.spec(), label)).toList();
    return new ColumnDescription(ColumnStatistics.of(values, sort), associations);
  }

  /** Rows that lack the feature count not. */
  private Association association(ColumnSpec feature, LabelColumn label) {
    return Association.of(
        rows.length,
        i -> values[i],
        feature.type() == ColumnSpec.Type.TEXT,
        i -> label.get(rows[i]),
        label.spec().type() == ColumnSpec.Type.TEXT);
  }
}
