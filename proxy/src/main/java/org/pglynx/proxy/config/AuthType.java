package org.pglynx.proxy.config;

/** How a client proves who it is. */
public enum AuthType implements ConfigName {
  /** No proof asked for. */
  TRUST("trust"),
  /** PostgreSQL's salted MD5 exchange. */
  MD5("md5"),
  /** SASL SCRAM-SHA-256, RFC 7677. */
  SCRAM_SHA_256("scram-sha-256"),
  /** The password in clear, by TLS. */
  PASSWORD("password"),
  /** A certificate whose common name is the user's. */
  CERT("cert");

  private final String configName;

  AuthType(String configName) {
    this.configName = configName;
  }

  @Override
  public String configName() {
    return configName;
  }
}
