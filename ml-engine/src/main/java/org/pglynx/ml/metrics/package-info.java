/** Scores of predictions as scikit-learn defines them; pure functions of arrays. */
@NullMarked
package org.pglynx.ml.metrics;

import org.jspecify.annotations.NullMarked;
