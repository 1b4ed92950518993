/** Tests of kernel machines from within. */
@NullMarked
package org.pglynx.ml.kernel;

import org.jspecify.annotations.NullMarked;
