package org.pglynx.ml.model;

/**
 * How much each feature matters to a model, by one measure.
 *
 * @param measure its name: {@code gain}, {@code weight}, {@code cover}, {@code impurity}, …
 * @param values one number per feature, in the order of {@link Model#featureNames()}
 */
public record FeatureImportance(String measure, double[] values) {}
