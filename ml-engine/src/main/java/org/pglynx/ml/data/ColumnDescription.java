package org.pglynx.ml.data;

import java.util.List;

/**
 * What is known of a column of features.
 *
 * @param statistics of its values, of the codes if it is a category
 * @param associations with each label, in the order of the labels
 */
public record ColumnDescription(ColumnStatistics statistics, List<Association> associations) {}
