/**
 * pg_hba.conf and pg_ident.conf as PostgreSQL 16 and later read them, and rules of the same form.
 */
@NullMarked
package org.pglynx.proxy.config.hba;

import org.jspecify.annotations.NullMarked;
