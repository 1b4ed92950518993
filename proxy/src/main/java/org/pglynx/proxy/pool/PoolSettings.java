package org.pglynx.proxy.pool;

/**
 * Limits of one pool.
 *
 * @param name database and user, for messages
 * @param size the most server connections, over all event loops
 * @param minimum connections kept open even when idle
 * @param waitTimeoutNanos how long a session waits for a connection; 0 is without end
 * @param idleTimeoutNanos how long a connection may idle; 0 is without end
 * @param lifetimeNanos how old a connection may become; 0 is without end
 */
public record PoolSettings(
    String name,
    int size,
    int minimum,
    long waitTimeoutNanos,
    long idleTimeoutNanos,
    long lifetimeNanos) {}
