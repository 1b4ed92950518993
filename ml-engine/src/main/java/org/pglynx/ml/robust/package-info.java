/** Weighted sums of the features that outliers do not spoil. */
@NullMarked
package org.pglynx.ml.robust;

import org.jspecify.annotations.NullMarked;
