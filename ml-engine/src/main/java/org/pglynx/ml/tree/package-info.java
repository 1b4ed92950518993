/** Trees and forests: our own, and those of native learning libraries. */
@NullMarked
package org.pglynx.ml.tree;

import org.jspecify.annotations.NullMarked;
