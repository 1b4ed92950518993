/**
 * The bridge between SQL and the learning engine: finds {@code pgml.*} calls in statements, answers
 * them, and turns predictions per row into rewritten statements. The only package that sees the
 * engine.
 */
@NullMarked
package org.pglynx.proxy.ml;

import org.jspecify.annotations.NullMarked;
