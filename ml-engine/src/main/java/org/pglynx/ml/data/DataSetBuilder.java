package org.pglynx.ml.data;

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
  /** Float columns, a row-major copy for the learner, and the learner's own copy. */
  private static final int COPIES = 3;

  private static final int FIRST_BUDGET_CHECK = 1024;

  private final List<ColumnSpec> columns;
  private final long budgetBytes;
  private final FeatureColumns features;
  private final LabelColumn labels = new LabelColumn();
  private int column;
  private int arrayLeft;
  private int nextBudgetCheck = FIRST_BUDGET_CHECK;

  /**
   * A builder for rows of these columns.
   *
   * @param columns all columns in the order in which cells arrive, exactly one of them the label
   * @param budgetBytes the memory one training may use; {@link Long#MAX_VALUE} for no limit
   */
  public DataSetBuilder(List<ColumnSpec> columns, long budgetBytes) {
    this.columns = List.copyOf(columns);
    this.budgetBytes = budgetBytes;
    requireUsable(this.columns);
    this.features = new FeatureColumns(this.columns);
  }

  /** A number (or boolean as 0 or 1), or the next element of a started array. */
  public void number(double value) {
    if (arrayLeft > 0) {
      features.add(value);
      closeElement();
    } else if (columns.get(column).role() == ColumnSpec.Role.LABEL) {
      labels.addNumber(value);
      column++;
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
    ColumnSpec spec = columns.get(column);
    if (spec.role() == ColumnSpec.Role.LABEL) {
      labels.addNull();
    } else if (spec.type() == ColumnSpec.Type.ARRAY) {
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
   * A text label, UTF-8.
   *
   * @throws MlException of kind BAD_DATA when there are too many different ones to be classes
   */
  public void text(byte[] bytes, int offset, int length) {
    labels.addText(bytes, offset, length);
    if (labels.textCount() > Classes.MAX_CLASSES) {
      throw Classes.tooMany(labelColumn().name());
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
    if (labels.size() >= nextBudgetCheck) {
      checkBudget();
      nextBudgetCheck += Math.max(FIRST_BUDGET_CHECK, nextBudgetCheck >> 4);
    }
  }

  /** The rows ended so far. */
  public int rowCount() {
    return labels.size();
  }

  /** The memory, in bytes, that training on the rows so far needs. */
  public long estimatedBytes() {
    return labels.size() * (features.width() * (long) Float.BYTES * COPIES + 2L * Double.BYTES);
  }

  /**
   * The data set of all rows; the builder must not be used afterwards.
   *
   * @throws MlException when there are no rows, or labels are NULL, or memory does not suffice
   */
  public DataSet build() {
    ColumnSpec label = labelColumn();
    if (labels.size() == 0) {
      throw new MlException(Kind.BAD_DATA, "There are no rows to train on.");
    }
    checkBudget();
    if (labels.nulls() > 0) {
      throw new MlException(
          Kind.NULL_LABEL,
          "The training data labels in \"%s\" contain %d NULL values."
              .formatted(label.name(), labels.nulls()),
          "Consider filtering these rows by creating a VIEW that excludes NULL labels.");
    }
    return new DataSet(features, labels, label);
  }

  private void closeElement() {
    arrayLeft--;
    if (arrayLeft == 0) {
      column++;
    }
  }

  private ColumnSpec labelColumn() {
    return columns.stream()
        .filter(c -> c.role() == ColumnSpec.Role.LABEL)
        .findFirst()
        .orElseThrow();
  }

  private void checkBudget() {
    long estimate = estimatedBytes();
    if (estimate > budgetBytes) {
      throw new MlException(
          Kind.MEMORY_BUDGET,
          "training data does not fit the memory budget of one training",
          "%d rows of %d features need about %d MB, the budget is %d MB."
              .formatted(rowCount(), features.width(), estimate >> 20, budgetBytes >> 20),
          "Train on fewer rows or columns (a view), or raise the budget.");
    }
  }

  private static void requireUsable(List<ColumnSpec> columns) {
    int labels = 0;
    for (ColumnSpec column : columns) {
      String problem = problem(column);
      if (problem != null) {
        throw new MlException(
            Kind.BAD_DATA,
            problem,
            "Leave the column out in a view, or turn it into a number there.");
      }
      labels += column.role() == ColumnSpec.Role.LABEL ? 1 : 0;
    }
    if (labels != 1 || columns.size() < 2) {
      throw new MlException(
          Kind.BAD_DATA,
          "training needs one label column and at least one feature column, got %d and %d"
              .formatted(labels, columns.size() - labels));
    }
  }

  private static @Nullable String problem(ColumnSpec column) {
    boolean label = column.role() == ColumnSpec.Role.LABEL;
    return switch (column.type()) {
      case TEXT ->
          label ? null : "column \"" + column.name() + "\" is text: not usable as a feature";
      case ARRAY ->
          label ? "column \"" + column.name() + "\" is an array: not usable as a label" : null;
      case NUMBER, BOOLEAN -> null;
    };
  }
}
