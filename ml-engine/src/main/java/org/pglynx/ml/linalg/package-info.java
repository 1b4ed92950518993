/** Small dense kernels in double precision: streaming QR, SVD, L-BFGS. */
@NullMarked
package org.pglynx.ml.linalg;

import org.jspecify.annotations.NullMarked;
