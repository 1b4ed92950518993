package org.pglynx.proxy.config;

/**
 * How much a connection asks of TLS, in libpq's words and order: each mode asks for at least what
 * the one before it does.
 */
public enum TlsMode implements ConfigName {
  /** Never encrypted. */
  DISABLE("disable"),
  /** Encrypted if the peer insists. */
  ALLOW("allow"),
  /** Encrypted if the peer can. */
  PREFER("prefer"),
  /** Always encrypted, whoever the peer is. */
  REQUIRE("require"),
  /** Encrypted, and the peer's certificate comes from a known authority. */
  VERIFY_CA("verify-ca"),
  /** As before, and the certificate names the host that was dialled. */
  VERIFY_FULL("verify-full");

  private final String configName;

  TlsMode(String configName) {
    this.configName = configName;
  }

  @Override
  public String configName() {
    return configName;
  }

  /** Whether a plain connection is refused. */
  public boolean required() {
    return compareTo(REQUIRE) >= 0;
  }

  /** Whether the peer must show a certificate of a known authority. */
  public boolean verifies() {
    return compareTo(VERIFY_CA) >= 0;
  }
}
