package org.pglynx.proxy.config;

/**
 * One of the proxies behind one address: {@code [peers.N]}.
 *
 * @param id its number, which its clients' cancel keys bear
 * @param host name, address, or directory of a Unix socket
 * @param port TCP port
 * @param poolSize the most cancel requests on their way to it at once
 */
public record PeerConfig(int id, String host, int port, int poolSize) {}
