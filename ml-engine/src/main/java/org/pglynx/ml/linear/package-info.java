/** Models that are weighted sums of the features, and how they are fitted. */
@NullMarked
package org.pglynx.ml.linear;

import org.jspecify.annotations.NullMarked;
