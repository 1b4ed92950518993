/** Groups of rows that are found without labels. */
@NullMarked
package org.pglynx.ml.cluster;

import org.jspecify.annotations.NullMarked;
