/** Tests of networks from within. */
@NullMarked
package org.pglynx.ml.neural;

import org.jspecify.annotations.NullMarked;
