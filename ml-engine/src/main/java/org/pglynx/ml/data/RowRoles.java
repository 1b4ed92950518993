package org.pglynx.ml.data;

import org.jspecify.annotations.Nullable;

/**
 * Columns that say something of the rows, and that models do not see.
 *
 * @param weight how much each row counts, or null when all count the same
 * @param group which rows belong together, or null
 */
record RowRoles(@Nullable LabelColumn weight, @Nullable LabelColumn group) {}
