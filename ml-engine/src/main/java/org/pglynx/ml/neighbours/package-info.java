/** Models that keep the training rows and ask the nearest. */
@NullMarked
package org.pglynx.ml.neighbours;

import org.jspecify.annotations.NullMarked;
