/**
 * The vocabulary every part of the engine speaks: tasks, models, errors, cancellation. Depends on
 * nothing.
 */
@NullMarked
package org.pglynx.ml.model;

import org.jspecify.annotations.NullMarked;
