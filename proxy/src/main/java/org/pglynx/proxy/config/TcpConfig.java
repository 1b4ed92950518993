package org.pglynx.proxy.config;

/**
 * Socket options of client and server connections; a 0 leaves the option to the kernel.
 *
 * @param keepalive whether probes are sent at all
 * @param keepalivesIdleSeconds silence before the first keepalive probe
 * @param keepalivesCount unanswered probes that end the connection
 * @param keepalivesIntervalSeconds pause between probes
 * @param userTimeoutMillis how long sent data may stay unacknowledged; the transport {@code nio}
 *     leaves it to the kernel in any case
 */
public record TcpConfig(
    boolean keepalive,
    int keepalivesIdleSeconds,
    int keepalivesCount,
    int keepalivesIntervalSeconds,
    int userTimeoutMillis) {}
