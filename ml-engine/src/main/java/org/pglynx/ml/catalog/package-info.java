/** All algorithms by name, and all models as bytes. */
@NullMarked
package org.pglynx.ml.catalog;

import org.jspecify.annotations.NullMarked;
