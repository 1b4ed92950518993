package org.pglynx.ml.tree;

import org.pglynx.ml.algo.TrainingTable;

/**
 * What a tree predicts, as one or more numbers per row: the label for regression, the share of
 * class 1 for two classes, an indicator per class for more. The gain of a split is the drop of the
 * summed variance, which for indicators is the drop of the Gini impurity.
 *
 * @param outputs numbers per row
 * @param values the number per row, or with several outputs the class index per row
 * @param impurityScale the impurity per variance: Gini's is twice the variance of a share
 */
record TreeTarget(int outputs, double[] values, double impurityScale) {
  /** The target of a table: its labels, or the classes' indicators. */
  static TreeTarget of(TrainingTable table) {
    int classes = table.classCount();
    return new TreeTarget(classes > 2 ? classes : 1, table.y(), classes == 2 ? 2 : 1);
  }

  /** One number per row. */
  static TreeTarget numbers(double[] values) {
    return new TreeTarget(1, values, 1);
  }

  /** Adds a row to the sums. */
  void add(double[] sums, int at, int row, double weight) {
    if (outputs == 1) {
      sums[at] += weight * values[row];
    } else {
      sums[at + (int) values[row]] += weight;
    }
  }
}
