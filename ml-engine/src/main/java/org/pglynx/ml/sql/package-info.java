/**
 * Words for writing a model as statements of PL/pgSQL. What is written is arithmetic only: the
 * schema's installer takes no other token.
 */
@NullMarked
package org.pglynx.ml.sql;

import org.jspecify.annotations.NullMarked;
