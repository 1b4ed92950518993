package org.pglynx.proxy.config;

/**
 * Which events are logged at INFO rather than DEBUG.
 *
 * @param clientConnections a client logged in
 * @param clientDisconnections a client left
 */
public record LogConfig(boolean clientConnections, boolean clientDisconnections) {}
