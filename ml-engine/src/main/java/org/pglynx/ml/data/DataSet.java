package org.pglynx.ml.data;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import org.pglynx.ml.model.ClassLabels;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;

/** Rows in primitive columns: float32 features (missing = NaN) and one label. Immutable. */
public final class DataSet {
  private final FeatureColumns features;
  private final LabelColumn labels;
  private final ColumnSpec label;

  DataSet(FeatureColumns features, LabelColumn labels, ColumnSpec label) {
    this.features = features;
    this.labels = labels;
    this.label = label;
  }

  /** The number of rows. */
  public int rowCount() {
    return labels.size();
  }

  /** The number of features, array columns counted by element. */
  public int featureCount() {
    return features.width();
  }

  /** The features' names; elements of an array column are {@code name[1]}, {@code name[2]}, …. */
  public List<String> featureNames() {
    return List.copyOf(features.names());
  }

  /** The label column as it was declared. */
  public ColumnSpec labelColumn() {
    return label;
  }

  /** One feature of one row; NaN is missing. */
  public float feature(int row, int feature) {
    return features.column(feature).get(row);
  }

  /** The label of a row: the number, 0 or 1 for booleans, a code for texts. */
  public double label(int row) {
    return labels.get(row);
  }

  /** The features of these rows as one row-major array of rows × featureCount. */
  public float[] rowMajor(int[] rows) {
    int width = featureCount();
    if ((long) rows.length * width > Integer.MAX_VALUE - 8) {
      throw new MlException(
          Kind.MEMORY_BUDGET,
          "%d rows of %d features are more than one training can hold"
              .formatted(rows.length, width));
    }
    float[] out = new float[rows.length * width];
    for (int j = 0; j < width; j++) {
      FloatColumn column = features.column(j);
      for (int i = 0, at = j; i < rows.length; i++, at += width) {
        out[at] = column.get(rows[i]);
      }
    }
    return out;
  }

  /** The labels of these rows as numbers. */
  public double[] labels(int[] rows) {
    double[] out = new double[rows.length];
    for (int i = 0; i < rows.length; i++) {
      out[i] = labels.get(rows[i]);
    }
    return out;
  }

  /** How many rows have NULL in that feature. */
  public int nullCount(int feature) {
    return features.defects(feature).nulls;
  }

  /** How many rows have NaN (not NULL) in that feature. */
  public int nanCount(int feature) {
    return features.defects(feature).nans;
  }

  /** How many rows have an infinity, or a number beyond float32, in that feature. */
  public int infinityCount(int feature) {
    return features.defects(feature).infinities;
  }

  /** Statistics of one feature over these rows. */
  public ColumnStatistics featureStatistics(int feature, int[] rows) {
    FloatColumn column = features.column(feature);
    float[] values = new float[rows.length];
    for (int i = 0; i < rows.length; i++) {
      values[i] = column.get(rows[i]);
    }
    return ColumnStatistics.of(values);
  }

  /** Statistics of the label over these rows (of the codes when labels are texts). */
  public ColumnStatistics labelStatistics(int[] rows) {
    float[] values = new float[rows.length];
    for (int i = 0; i < rows.length; i++) {
      values[i] = (float) labels.get(rows[i]);
    }
    return ColumnStatistics.of(values);
  }

  /** The distinct labels of these rows as classes in index order. */
  public Classes classes(int[] rows) {
    return Classes.of(this, rows);
  }

  /** All row numbers, in order. */
  public int[] allRows() {
    int[] rows = new int[rowCount()];
    Arrays.setAll(rows, i -> i);
    return rows;
  }

  /** The kind of class names that this label column gives. */
  ClassLabels.Kind labelKind() {
    return switch (label.type()) {
      case NUMBER -> ClassLabels.Kind.NUMBER;
      case BOOLEAN -> ClassLabels.Kind.BOOLEAN;
      case TEXT -> ClassLabels.Kind.TEXT;
      case ARRAY -> throw new IllegalStateException("an array label");
    };
  }

  /** The label of a row as text, which is the name of its class. */
  public String labelName(int row) {
    return nameOf(labels.get(row));
  }

  /** A label value as text. */
  String nameOf(double value) {
    return switch (labelKind()) {
      case NUMBER -> BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
      case BOOLEAN -> value == 0 ? "false" : "true";
      case TEXT -> labels.text(value);
    };
  }
}
