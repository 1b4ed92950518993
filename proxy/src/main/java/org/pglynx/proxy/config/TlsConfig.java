package org.pglynx.proxy.config;

import java.util.Optional;

/**
 * TLS on both sides.
 *
 * @param clients with clients; empty if they are never encrypted
 * @param servers with the servers of pools that do not choose their own
 */
public record TlsConfig(Optional<ClientTlsConfig> clients, ServerTlsConfig servers) {
  /** No encryption on either side. */
  public static final TlsConfig NONE = new TlsConfig(Optional.empty(), ServerTlsConfig.NONE);
}
