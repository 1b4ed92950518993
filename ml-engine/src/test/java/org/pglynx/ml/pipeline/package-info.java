/** Tests of what stands between the columns of a relation and a model. */
@NullMarked
package org.pglynx.ml.pipeline;

import org.jspecify.annotations.NullMarked;
