package org.pglynx.ml.tree;

/**
 * What a tree predicts, as one or more numbers per row: the label for regression, the share of
 * class 1 for two classes, an indicator per class for more. The gain of a split is the drop of the
 * summed variance, which for indicators is the drop of the Gini impurity.
 *
 * @param outputs numbers per row
 * @param values the number per row, or with several outputs the class index per row
 */
record TreeTarget(int outputs, double[] values) {
  /** Adds a row to the sums. */
  void add(double[] sums, int at, int row, double weight) {
    if (outputs == 1) {
      sums[at] += weight * values[row];
    } else {
      sums[at + (int) values[row]] += weight;
    }
  }
}
