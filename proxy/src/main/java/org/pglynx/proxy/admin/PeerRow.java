package org.pglynx.proxy.admin;

import org.pglynx.proxy.config.PeerConfig;

/**
 * One of the proxies behind the same address.
 *
 * @param peer its part of the configuration
 * @param underWay cancel requests on their way to it
 * @param waiting cancel requests that wait for their turn
 */
public record PeerRow(PeerConfig peer, int underWay, int waiting) {}
