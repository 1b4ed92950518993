/** Tests of the robust algorithms. */
@NullMarked
package org.pglynx.ml.robust;

import org.jspecify.annotations.NullMarked;
