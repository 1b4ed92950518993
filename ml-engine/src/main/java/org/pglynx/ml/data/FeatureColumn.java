package org.pglynx.ml.data;

/**
 * A column of features.
 *
 * @param spec the column
 * @param first the index of its first feature
 * @param width its number of features: 1, or the length of its arrays
 */
public record FeatureColumn(ColumnSpec spec, int first, int width) {}
