/** Bounded executors whose named daemon threads run below the priority of serving. */
@NullMarked
package org.pglynx.ml.exec;

import org.jspecify.annotations.NullMarked;
