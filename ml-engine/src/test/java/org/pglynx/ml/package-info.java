/** Tests of the module as a whole. */
@NullMarked
package org.pglynx.ml;

import org.jspecify.annotations.NullMarked;
