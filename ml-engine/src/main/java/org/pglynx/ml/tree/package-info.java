/** Trees and forests: their models, and the trainers of our own. */
@NullMarked
package org.pglynx.ml.tree;

import org.jspecify.annotations.NullMarked;
