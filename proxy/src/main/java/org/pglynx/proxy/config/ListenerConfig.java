package org.pglynx.proxy.config;

/**
 * One more port to listen on: table {@code [listeners.NAME]}.
 *
 * @param name for people
 * @param host address to listen on
 * @param port TCP port; 0 lets the kernel choose
 * @param target which servers its clients get into
 */
public record ListenerConfig(String name, String host, int port, TargetSessionAttrs target) {}
