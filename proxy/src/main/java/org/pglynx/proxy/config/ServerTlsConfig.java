package org.pglynx.proxy.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * TLS with servers.
 *
 * @param mode what is asked of servers
 * @param authorities PEM file of the authorities that servers' certificates come from; those of the
 *     Java runtime if absent
 * @param certificate PEM file of the certificate shown to servers that ask for one
 * @param key PEM file of its private key; present if the certificate is
 * @param versions which are spoken
 */
public record ServerTlsConfig(
    TlsMode mode,
    Optional<Path> authorities,
    Optional<Path> certificate,
    Optional<Path> key,
    TlsVersions versions) {
  /** Of all versions that are safe. */
  public ServerTlsConfig(
      TlsMode mode, Optional<Path> authorities, Optional<Path> certificate, Optional<Path> key) {
    this(mode, authorities, certificate, key, TlsVersions.SECURE);
  }

  /** No encryption. */
  public static final ServerTlsConfig NONE =
      new ServerTlsConfig(TlsMode.DISABLE, Optional.empty(), Optional.empty(), Optional.empty());
}
