package org.pglynx.proxy.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * TLS with clients; there is none without a certificate.
 *
 * @param mode what is asked of clients; never {@link TlsMode#DISABLE}
 * @param certificate PEM file of the certificate, the ones that signed it behind it
 * @param key PEM file of its private key
 * @param authorities PEM file of the authorities that clients' certificates come from; clients are
 *     asked for one only with it
 * @param versions which are spoken
 */
public record ClientTlsConfig(
    TlsMode mode, Path certificate, Path key, Optional<Path> authorities, TlsVersions versions) {
  /** Of all versions that are safe. */
  public ClientTlsConfig(TlsMode mode, Path certificate, Path key, Optional<Path> authorities) {
    this(mode, certificate, key, authorities, TlsVersions.SECURE);
  }
}
