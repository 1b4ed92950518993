/** Models of densities per class. */
@NullMarked
package org.pglynx.ml.bayes;

import org.jspecify.annotations.NullMarked;
