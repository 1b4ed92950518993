/**
 * Transactions over several servers: all of a transaction is there at the end, or nothing of it.
 */
@NullMarked
package org.pglynx.proxy.commit;

import org.jspecify.annotations.NullMarked;
