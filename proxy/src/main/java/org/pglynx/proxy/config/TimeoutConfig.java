package org.pglynx.proxy.config;

/**
 * Time limits that the general table sets and a pool or a user may override. A user's record holds
 * the values in effect.
 *
 * @param connectTimeoutMillis for the TCP connection and the login to a server
 * @param queryWaitTimeoutMillis for a client waiting until a server connection is free; 0 waits
 *     without limit
 * @param idleTimeoutMillis after which an idle server connection is closed; 0 keeps it
 * @param serverLifetimeMillis age at which a server connection is closed once idle; 0 keeps it
 * @param work limits of what clients do
 */
public record TimeoutConfig(
    long connectTimeoutMillis,
    long queryWaitTimeoutMillis,
    long idleTimeoutMillis,
    long serverLifetimeMillis,
    WorkLimits work) {}
