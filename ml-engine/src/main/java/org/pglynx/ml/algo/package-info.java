/** Algorithms and the models they fit; the only package that sees native learning libraries. */
@NullMarked
package org.pglynx.ml.algo;

import org.jspecify.annotations.NullMarked;
