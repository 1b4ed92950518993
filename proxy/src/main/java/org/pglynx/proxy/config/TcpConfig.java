package org.pglynx.proxy.config;

/**
 * Socket options of client and server connections.
 *
 * @param keepalivesIdleSeconds silence before the first keepalive probe
 * @param keepalivesCount unanswered probes that end the connection
 * @param keepalivesIntervalSeconds pause between probes
 * @param userTimeoutMillis how long sent data may stay unacknowledged; 0 leaves it to the kernel,
 *     as does the transport {@code nio}
 */
public record TcpConfig(
    int keepalivesIdleSeconds,
    int keepalivesCount,
    int keepalivesIntervalSeconds,
    int userTimeoutMillis) {}
