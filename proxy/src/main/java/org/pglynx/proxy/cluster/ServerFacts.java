package org.pglynx.proxy.cluster;

/**
 * What a server says of itself.
 *
 * @param recovery whether it replays another's log: a standby
 * @param position of the log: what a standby has replayed, what a primary has written
 * @param timeline of a primary, one more with each promotion; 0 of a standby
 */
public record ServerFacts(boolean recovery, long position, int timeline) {}
