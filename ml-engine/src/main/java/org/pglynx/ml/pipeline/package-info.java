/**
 * What stands between the columns of a relation and a model of one target: preprocessing, and one
 * model for each of several targets.
 */
@NullMarked
package org.pglynx.ml.pipeline;

import org.jspecify.annotations.NullMarked;
