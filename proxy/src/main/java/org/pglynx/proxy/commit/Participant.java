package org.pglynx.proxy.commit;

import org.pglynx.proxy.relay.Upstream;

/**
 * A server that has a part of a transaction.
 *
 * @param shard its number
 * @param server the connection; drained
 */
public record Participant(int shard, Upstream server) {}
