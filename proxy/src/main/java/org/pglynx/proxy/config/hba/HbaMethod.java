package org.pglynx.proxy.config.hba;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The METHOD field of a rule. */
public enum HbaMethod {
  /** Lets in. */
  TRUST("trust"),
  /** Keeps out. */
  REJECT("reject"),
  /** By salted md5, or by SCRAM where the stored secret is a SCRAM verifier. */
  MD5("md5"),
  /** By the password in clear. */
  PASSWORD("password"),
  /** By SCRAM-SHA-256. */
  SCRAM_SHA_256("scram-sha-256"),
  /** By the client's certificate. */
  CERT("cert"),
  /** By the operating system's user at the other end of a Unix socket. */
  PEER("peer");

  /** What PostgreSQL has and the proxy has not. */
  static final List<String> NOT_SERVED =
      List.of("ident", "gss", "sspi", "pam", "bsd", "ldap", "radius", "oauth");

  private final String word;

  HbaMethod(String word) {
    this.word = word;
  }

  /** As it stands in a rule. */
  public String word() {
    return word;
  }

  static @Nullable HbaMethod of(String word) {
    for (HbaMethod method : values()) {
      if (method.word.equals(word)) {
        return method;
      }
    }
    return null;
  }
}
