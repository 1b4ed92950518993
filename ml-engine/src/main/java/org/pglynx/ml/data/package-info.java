/** Columnar data sets: building, statistics, splits, and the built-in example sets. */
@NullMarked
package org.pglynx.ml.data;

import org.jspecify.annotations.NullMarked;
