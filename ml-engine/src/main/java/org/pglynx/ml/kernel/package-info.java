/** Functions that are weighted sums of a kernel at training rows. */
@NullMarked
package org.pglynx.ml.kernel;

import org.jspecify.annotations.NullMarked;
