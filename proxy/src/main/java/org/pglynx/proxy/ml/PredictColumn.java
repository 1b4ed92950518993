package org.pglynx.proxy.ml;

import org.pglynx.proxy.wire.PgError;

/**
 * A prediction's place in the rows of a rewritten statement.
 *
 * @param function what predicts
 * @param selector whose model answers
 * @param form how the features are given
 * @param position index of the column, from the front if it is 0 or more; else from the back, -1
 *     being the last: items that expand to all columns may stand on one side only
 * @param unfit refuses features by the name of their type
 */
record PredictColumn(
    PgmlFunction function, ModelSelector selector, FeatureForm form, int position, Unfit unfit) {
  /** What is said of features of a type that cannot be features. */
  @FunctionalInterface
  interface Unfit {
    /** The error for the type. */
    PgError of(String type);
  }

  /** The same column at another place. */
  PredictColumn at(int place) {
    return new PredictColumn(function, selector, form, place, unfit);
  }

  /** The column's index among so many. */
  int index(int columns) {
    return position >= 0 ? position : columns + position;
  }
}
