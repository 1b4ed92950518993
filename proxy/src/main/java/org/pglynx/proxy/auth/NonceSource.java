package org.pglynx.proxy.auth;

import java.security.SecureRandom;

/** Where the random parts of an exchange come from; a test gives its own. */
public interface NonceSource {
  /** So many unpredictable bytes. */
  byte[] bytes(int count);

  /** A nonce for SCRAM: 18 random bytes in base64, as libpq and Postgres do. */
  default String nonce() {
    return ScramHash.base64(bytes(18));
  }

  /** The random generator of the JDK; may be shared by threads. */
  static NonceSource secure() {
    SecureRandom random = new SecureRandom();
    return count -> {
      byte[] bytes = new byte[count];
      random.nextBytes(bytes);
      return bytes;
    };
  }
}
