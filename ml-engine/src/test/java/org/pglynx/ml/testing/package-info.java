/** What the tests of several packages share: data sets and reference scores. */
@NullMarked
package org.pglynx.ml.testing;

import org.jspecify.annotations.NullMarked;
