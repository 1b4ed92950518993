package org.pglynx.ml.data;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;

/**
 * Takes rows cell by cell, in column order, and keeps them in primitive columns. One thread at a
 * time; nothing is boxed and no row object exists.
 *
 * <pre>
 *   builder.number(59); builder.startArray(2); builder.number(1); builder.number(2); builder.text(…);
 *   builder.endRow();
 * </pre>
 */
public final class DataSetBuilder {
  private static final int FIRST_BUDGET_CHECK = 1024;

  private final List<ColumnSpec> columns;
  private final Budget budget;
  private final FeatureColumns features;
  private final @Nullable LabelColumn[] labels;
  private int column;
  private int arrayLeft;
  private int nextBudgetCheck = FIRST_BUDGET_CHECK;

  /**
   * A builder for rows of these columns, whose memory is given back when nothing refers to them.
   *
   * @param columns all columns in the order in which cells arrive, any number of them labels
   * @param budgetBytes the memory one training may use; {@link Long#MAX_VALUE} for no limit
   */
  public DataSetBuilder(List<ColumnSpec> columns, long budgetBytes) {
    this(columns, Budget.of(budgetBytes), Arena.ofAuto());
  }

  /**
   * A builder for rows of these columns.
   *
   * @param columns all columns in the order in which cells arrive, any number of them labels
   * @param memory where many rows live; whoever closes it ends the data set
   */
  public DataSetBuilder(List<ColumnSpec> columns, Budget budget, Arena memory) {
    this.columns = List.copyOf(columns);
    this.budget = budget;
    requireUsable(this.columns);
    this.features = new FeatureColumns(this.columns, memory);
    this.labels = new LabelColumn[this.columns.size()];
    for (int i = 0; i < labels.length; i++) {
      if (this.columns.get(i).role() != ColumnSpec.Role.FEATURE) {
        labels[i] = new LabelColumn(this.columns.get(i));
      }
    }
  }

  /** A number (or boolean as 0 or 1), or the next element of a started array. */
  public void number(double value) {
    if (arrayLeft > 0) {
      features.add(value);
      closeElement();
      return;
    }
    LabelColumn label = labels[column];
    if (label == null) {
      features.add(value);
    } else {
      label.addNumber(value);
    }
    column++;
  }

  /** The same for a number that is float32 already. */
  public void real(float value) {
    if (arrayLeft > 0 || labels[column] != null) {
      number(value);
    } else {
      features.add(value);
      column++;
    }
  }

  /** NULL for the column, or for the next element of a started array. */
  public void missing() {
    if (arrayLeft > 0) {
      features.addMissing();
      closeElement();
      return;
    }
    LabelColumn label = labels[column];
    if (label != null) {
      label.addNull();
    } else if (columns.get(column).type() == ColumnSpec.Type.ARRAY) {
      features.addMissingArray(column);
    } else {
      features.addMissing();
    }
    column++;
  }

  /**
   * Begins an array cell of that many elements (all dimensions multiplied); as many calls of {@link
   * #number} or {@link #missing} follow.
   */
  public void startArray(int length) {
    features.startArray(column, length);
    arrayLeft = length;
    if (length == 0) {
      column++;
    }
  }

  /**
   * A text, UTF-8: a category or a label.
   *
   * @throws MlException of kind BAD_DATA when there are too many different ones
   */
  public void text(byte[] bytes, int offset, int length) {
    LabelColumn label = labels[column];
    if (label == null) {
      features.addText(columns.get(column), bytes, offset, length);
    } else {
      label.addText(bytes, offset, length);
    }
    column++;
  }

  /**
   * Ends the row.
   *
   * @throws MlException of kind MEMORY_BUDGET when training on the rows so far would exceed the
   *     budget
   */
  public void endRow() {
    if (column != columns.size() || arrayLeft != 0) {
      throw new IllegalStateException("row ended at column " + column + " of " + columns.size());
    }
    column = 0;
    features.endRow();
    if (features.rows() >= nextBudgetCheck) {
      checkBudget();
      nextBudgetCheck += Math.max(FIRST_BUDGET_CHECK, nextBudgetCheck >> 4);
    }
  }

  /** The rows ended so far. */
  public int rowCount() {
    return features.rows();
  }

  /** The memory, in bytes, that training on the rows so far needs. */
  public long estimatedBytes() {
    return heldBytes() + Budget.learning(features.rows(), features.width());
  }

  /**
   * The data set of all rows; the builder must not be used afterwards.
   *
   * @throws MlException when there are no rows, or labels are NULL, or memory does not suffice
   */
  public DataSet build() {
    if (features.rows() == 0) {
      throw new MlException(
          Kind.BAD_DATA,
          "There are no rows to train on.",
          "Look whether the relation has rows, and whether row-level security lets you see them.");
    }
    if (features.width() == 0) {
      throw new MlException(
          Kind.BAD_DATA,
          "There is nothing to learn from: all arrays are empty.",
          "Each element of an array is a feature: fill them, or add other columns, in a view.");
    }
    checkBudget();
    for (LabelColumn column : labels) {
      if (column != null) {
        column.requireNoNulls();
      }
    }
    for (LabelColumn weights : columns(ColumnSpec.Role.WEIGHT)) {
      weights.requireWeights();
    }
    RowRoles roles =
        new RowRoles(first(columns(ColumnSpec.Role.WEIGHT)), first(columns(ColumnSpec.Role.GROUP)));
    return new DataSet(features, columns(ColumnSpec.Role.LABEL), roles, budget);
  }

  private List<LabelColumn> columns(ColumnSpec.Role role) {
    List<LabelColumn> found = new ArrayList<>();
    for (LabelColumn column : labels) {
      if (column != null && column.spec().role() == role) {
        found.add(column);
      }
    }
    return found;
  }

  private static @Nullable LabelColumn first(List<LabelColumn> columns) {
    return columns.isEmpty() ? null : columns.getFirst();
  }

  private void closeElement() {
    arrayLeft--;
    if (arrayLeft == 0) {
      column++;
    }
  }

  private long heldBytes() {
    return features.heldBytes()
        + Arrays.stream(labels).mapToLong(l -> l == null ? 0 : l.heldBytes()).sum();
  }

  private void checkBudget() {
    budget.require(features.rows(), features.width(), heldBytes());
  }

  private static void requireUsable(List<ColumnSpec> columns) {
    int features = 0;
    for (ColumnSpec column : columns) {
      boolean label = column.role() == ColumnSpec.Role.LABEL;
      features += column.role() == ColumnSpec.Role.FEATURE ? 1 : 0;
      if (label && column.type() == ColumnSpec.Type.ARRAY) {
        throw new MlException(
            Kind.BAD_DATA,
            "column \"" + column.name() + "\" is an array: not usable as a label",
            "Turn it into a number in a view.");
      }
    }
    if (features == 0) {
      throw new MlException(
          Kind.BAD_DATA,
          "training needs at least one column besides the labels",
          "Every other column of the relation is a feature to learn from: add some.");
    }
  }
}
