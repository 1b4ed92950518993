package org.pglynx.proxy.ml;

/**
 * A prediction's place in the rows of a rewritten statement.
 *
 * @param function what predicts
 * @param selector whose model answers
 * @param form how the features are given
 * @param position index of the column, from the front if it is 0 or more; else from the back, -1
 *     being the last: items that expand to all columns may stand on one side only
 */
record PredictColumn(
    PgmlFunction function, ModelSelector selector, FeatureForm form, int position) {
  /** The column's index among so many. */
  int index(int columns) {
    return position >= 0 ? position : columns + position;
  }
}
