/** Classes as normal distributions: with one covariance for all, or with one each. */
@NullMarked
package org.pglynx.ml.discriminant;

import org.jspecify.annotations.NullMarked;
