/** JMH benchmarks of the pieces that every message or every predicted row runs through. */
@NullMarked
package org.pglynx.bench;

import org.jspecify.annotations.NullMarked;
