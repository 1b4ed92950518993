package org.pglynx.proxy.shard;

/**
 * A statement on all shards at once.
 *
 * @param plan how its answers become one
 * @param obstacle why it cannot be run so; empty if it can
 */
record Together(MergePlan plan, String obstacle) {}
