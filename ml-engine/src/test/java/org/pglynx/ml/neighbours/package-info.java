/** Tests of neighbours from within. */
@NullMarked
package org.pglynx.ml.neighbours;

import org.jspecify.annotations.NullMarked;
