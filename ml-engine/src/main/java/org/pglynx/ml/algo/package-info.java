/** What an algorithm is: its names, hyperparameters, trainer and the models it fits. */
@NullMarked
package org.pglynx.ml.algo;

import org.jspecify.annotations.NullMarked;
