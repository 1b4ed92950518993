/** Rows told in fewer numbers. */
@NullMarked
package org.pglynx.ml.projection;

import org.jspecify.annotations.NullMarked;
