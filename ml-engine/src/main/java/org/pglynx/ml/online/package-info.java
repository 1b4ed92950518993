/** Weighted sums of the features that are learnt from one row at a time. */
@NullMarked
package org.pglynx.ml.online;

import org.jspecify.annotations.NullMarked;
