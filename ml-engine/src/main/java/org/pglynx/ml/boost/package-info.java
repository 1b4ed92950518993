/** Boosted trees of native learning libraries; the only package that sees those. */
@NullMarked
package org.pglynx.ml.boost;

import org.jspecify.annotations.NullMarked;
