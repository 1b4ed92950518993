/** Pools of server connections: leases, waiters, budgets, lifetimes. */
@NullMarked
package org.pglynx.proxy.pool;

import org.jspecify.annotations.NullMarked;
