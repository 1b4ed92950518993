package org.pglynx.ml.online;

/** How far a row moves the weights: scikit-learn's learning_rate. */
enum Step {
  /** Always eta0. */
  CONSTANT,
  /** Falls with the number of rows, from a start that fits the penalty (Bottou 2012). */
  OPTIMAL,
  /** eta0 / rows^power_t. */
  INVSCALING,
  /** eta0, a fifth of it whenever an epoch brings nothing any more. */
  ADAPTIVE,
  /** Just as far as the row needs, at most C (passive aggressive, Crammer et al. 2006, PA-I). */
  PASSIVE,
  /** The same, softened by C instead of cut (PA-II). */
  PASSIVE_SOFT
}
