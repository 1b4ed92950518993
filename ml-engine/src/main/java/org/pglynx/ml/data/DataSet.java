package org.pglynx.ml.data;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.Categories;
import org.pglynx.ml.model.ClassLabels;
import org.pglynx.ml.model.MlException;

/** Rows in primitive columns: float32 features (missing = NaN) and labels. Immutable. */
public final class DataSet {
  private static final int BLOCK = 64;

  private final FeatureColumns features;
  private final List<LabelColumn> labels;
  private final RowRoles roles;
  private final @Nullable Coding coding;
  private final Budget budget;

  DataSet(FeatureColumns features, List<LabelColumn> labels, RowRoles roles, Budget budget) {
    this(features, List.copyOf(labels), roles, null, budget);
  }

  private DataSet(
      FeatureColumns features,
      List<LabelColumn> labels,
      RowRoles roles,
      @Nullable Coding coding,
      Budget budget) {
    this.features = features;
    this.labels = labels;
    this.roles = roles;
    this.coding = coding;
    this.budget = budget;
  }

  /**
   * The same with categories numbered by these rows, which are the ones to learn from: a feature
   * that is a category is then a code of {@link #categories}, else one in order of reading.
   *
   * @param orders the categories of some columns in an order that is given; others are unseen
   */
  public DataSet coded(int[] rows, Map<String, List<String>> orders) {
    return new DataSet(features, labels, roles, Coding.of(features, rows, orders), budget);
  }

  /** The same with one of its labels only. */
  public DataSet withLabel(int label) {
    return new DataSet(features, List.of(labels.get(label)), roles, coding, budget);
  }

  /** The number of rows. */
  public int rowCount() {
    return features.rows();
  }

  /** Whether rows have weights. */
  public boolean weighted() {
    return roles.weight() != null;
  }

  /** The weights of these rows, or null when all count the same. */
  public double @Nullable [] weights(int[] rows) {
    LabelColumn weight = roles.weight();
    return weight == null ? null : Arrays.stream(rows).mapToDouble(weight::get).toArray();
  }

  /** Whether rows belong to groups, which are then kept together by every split. */
  public boolean grouped() {
    return roles.group() != null;
  }

  /** The number of the group of each of these rows; all 0 when there are none. */
  public int[] groups(int[] rows) {
    LabelColumn group = roles.group();
    return Arrays.stream(rows).map(row -> group == null ? 0 : (int) group.get(row)).toArray();
  }

  /** These rows with those of a group side by side, groups in the order of their first rows. */
  public int[] sideBySide(int[] rows) {
    return RowGroups.of(this, rows).stream().flatMapToInt(Arrays::stream).toArray();
  }

  /** The number of label columns. */
  public int labelCount() {
    return labels.size();
  }

  /** The columns that hold features, in order. */
  public List<FeatureColumn> featureColumns() {
    return features.columns();
  }

  /** The categories of a feature that is one, known after {@link #coded}; else null. */
  public @Nullable Categories categories(int feature) {
    return coding == null ? null : coding.categories(feature);
  }

  /** The number of features, array columns counted by element. */
  public int featureCount() {
    return features.width();
  }

  /** The features' names; elements of an array column are {@code name[1]}, {@code name[2]}, …. */
  public List<String> featureNames() {
    return List.copyOf(features.names());
  }

  /** The first label column as it was declared. */
  public ColumnSpec labelColumn() {
    return first().spec();
  }

  /** One feature of one row; NaN is missing. */
  public float feature(int row, int feature) {
    float stored = features.column(feature).get(row);
    return coding == null ? stored : coding.value(feature, stored);
  }

  /** The first label of a row: the number, 0 or 1 for booleans, a code for texts. */
  public double label(int row) {
    return first().get(row);
  }

  private LabelColumn first() {
    return labels.getFirst();
  }

  /** The features of these rows as one row-major array of rows × featureCount. */
  public float[] rowMajor(int[] rows) {
    int width = featureCount();
    requireRoom(rows.length, width);
    float[] out = new float[rows.length * width];
    copy(rows, 0, rows.length, out);
    return out;
  }

  /**
   * Copies the features of those of these rows that are at from (inclusive) to to (exclusive) to
   * the beginning of out, row-major.
   */
  public void copy(int[] rows, int from, int to, float[] out) {
    int width = featureCount();
    // By blocks whose rows stay in the first cache while one column after the other is added.
    for (int begin = from; begin < to; begin += BLOCK) {
      int end = Math.min(to, begin + BLOCK);
      for (int j = 0; j < width; j++) {
        copy(j, rows, begin, end, out, (begin - from) * width + j, width);
      }
    }
  }

  /** Copies one feature of those of these rows to the beginning of out. */
  public void copy(int feature, int[] rows, int from, int to, float[] out) {
    FloatColumn column = features.column(feature);
    if (categories(feature) == null && inOrder(rows, from, to)) {
      column.copy(rows[from], to - from, out);
      return;
    }
    copy(feature, rows, from, to, out, 0, 1);
  }

  /** Whether these are neighbours: row numbers rise, and none is there twice. */
  private static boolean inOrder(int[] rows, int from, int to) {
    for (int i = from + 1; i < to; i++) {
      if (rows[i] != rows[i - 1] + 1) {
        return false;
      }
    }
    return from < to;
  }

  private void copy(int feature, int[] rows, int from, int to, float[] out, int first, int step) {
    FloatColumn column = features.column(feature);
    boolean category = categories(feature) != null;
    for (int i = from, at = first; i < to; i++, at += step) {
      out[at] = category ? feature(rows[i], feature) : column.get(rows[i]);
    }
  }

  /**
   * Requires that a table of so many rows and features, and the learner's copy of it, fit beside
   * the rows here into the memory that one training may use.
   *
   * @throws MlException of kind MEMORY_BUDGET
   */
  public void requireRoom(int rows, int width) {
    budget.require(rows, width, features.heldBytes());
  }

  /**
   * Requires that they fit on the heap.
   *
   * @throws MlException of kind MEMORY_BUDGET
   */
  public void requireHeap(int rows, int width) {
    budget.requireHeap(rows, width);
  }

  /** How many tables of so many rows and features fit beside the rows here, at least one. */
  public int tablesThatFit(int rows, int width) {
    return budget.tablesThatFit(rows, width, features.heldBytes());
  }

  /** The first label of these rows as numbers. */
  public double[] labels(int[] rows) {
    LabelColumn column = first();
    double[] out = new double[rows.length];
    for (int i = 0; i < rows.length; i++) {
      out[i] = column.get(rows[i]);
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

  /** What is known of some columns that are no arrays over these rows, in their order. */
  public List<ColumnDescription> describe(
      List<FeatureColumn> some, int[] rows, CancelToken cancel) {
    ColumnDescriber describer = new ColumnDescriber(this, labels, rows);
    List<ColumnDescription> found = new ArrayList<>();
    for (FeatureColumn feature : some) {
      cancel.check();
      found.add(describer.describe(feature));
    }
    return found;
  }

  /** Statistics of a label over these rows (of the codes when labels are texts). */
  public ColumnStatistics labelStatistics(int label, int[] rows) {
    float[] values = new float[rows.length];
    for (int i = 0; i < rows.length; i++) {
      values[i] = (float) labels.get(label).get(rows[i]);
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

  /** The kind of class names that the first label column gives. */
  ClassLabels.Kind labelKind() {
    return first().kind();
  }

  /** The first label of a row as text, which is the name of its class. */
  public String labelName(int row) {
    return nameOf(first().get(row));
  }

  /** A value of the first label as text. */
  String nameOf(double value) {
    return switch (labelKind()) {
      case NUMBER -> number(value);
      case BOOLEAN -> value == 0 ? "false" : "true";
      case TEXT -> first().text(value);
    };
  }

  /** What is no number has a name as well: rows are described before they are refused. */
  private static String number(double value) {
    return Double.isFinite(value)
        ? BigDecimal.valueOf(value).stripTrailingZeros().toPlainString()
        : Double.toString(value);
  }
}
