/** The facade other modules call: catalogue, training, model store, deploy rule. */
@NullMarked
package org.pglynx.ml.api;

import org.jspecify.annotations.NullMarked;
