/**
 * SQL text as PostgreSQL reads it: a lexer that allocates nothing per token, statement borders and
 * kinds, calls of functions in a schema, the shape of a select list, and a bounded cache of what
 * was found out. The parser library is hidden in here.
 */
@NullMarked
package org.pglynx.proxy.sql;

import org.jspecify.annotations.NullMarked;
