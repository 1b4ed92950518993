/** Tests of the seams of algorithms. */
@NullMarked
package org.pglynx.ml.algo;

import org.jspecify.annotations.NullMarked;
