package org.pglynx.proxy.ml;

/** How a row's features are given. */
enum FeatureForm {
  /** An array of numbers, one for each feature. */
  ARRAY,
  /** A record: one value for each column, by position. */
  RECORD,
  /** A row of a relation, or a JSON object: one value for each column, by name. */
  NAMED,
  /** A value whose type the text does not tell: it comes with it. */
  TYPED
}
