/** Layers of weighted sums, trained by their gradient. */
@NullMarked
package org.pglynx.ml.neural;

import org.jspecify.annotations.NullMarked;
