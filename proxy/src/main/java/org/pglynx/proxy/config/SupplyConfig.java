package org.pglynx.proxy.config;

/**
 * How pools come by server connections and choose among them, beside their sizes and time limits. A
 * user's record holds the values in effect.
 *
 * @param reserveSize connections beyond pool_size that may be opened for clients that wait long
 * @param reserveAfterMillis how long a client must have waited for that
 * @param roundRobin whether idle connections are used in turn, and not the one used last
 * @param check what a connection that has idled is asked before use
 * @param limits limits that several pools share
 */
public record SupplyConfig(
    int reserveSize,
    long reserveAfterMillis,
    boolean roundRobin,
    CheckConfig check,
    ServerLimitConfig limits) {}
