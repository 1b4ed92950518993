package org.pglynx.proxy.config;

/**
 * How servers are watched, where a database has several.
 *
 * @param probeMillis pause between two questions to a server, spread by a tenth
 * @param timeoutMillis a server that takes longer to answer one is suspect
 * @param banSeconds the longest that a server is left alone that has failed
 */
public record HealthConfig(long probeMillis, long timeoutMillis, int banSeconds) {}
