package org.pglynx.proxy.route;

/**
 * pgcat's {@code db_activity_based_routing}. Times in nanoseconds.
 *
 * @param delayNanos how long the primary serves all when the database comes into use
 * @param idleNanos a database that is not used for so long has to come into use again
 * @param writeNanos how long the primary serves the reads of a table that was written
 */
public record ActivityPolicy(long delayNanos, long idleNanos, long writeNanos) {}
