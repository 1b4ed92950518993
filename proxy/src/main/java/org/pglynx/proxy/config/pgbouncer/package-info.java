/** PgBouncer's configuration, rewritten as our own. */
@NullMarked
package org.pglynx.proxy.config.pgbouncer;

import org.jspecify.annotations.NullMarked;
