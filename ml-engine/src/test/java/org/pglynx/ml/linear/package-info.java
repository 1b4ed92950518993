/** Tests of the linear algorithms. */
@NullMarked
package org.pglynx.ml.linear;

import org.jspecify.annotations.NullMarked;
