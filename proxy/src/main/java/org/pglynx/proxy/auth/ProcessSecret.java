package org.pglynx.proxy.auth;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A random key that lives as long as the process. From it come the salts of users whose password is
 * known in clear and the secrets of users that do not exist, so that asking twice for the same name
 * gives the same salt whether the user exists or not (as the mock authentication of Postgres).
 */
public final class ProcessSecret {
  private static final int SALT_BYTES = 16;

  private final byte[] key;
  private final byte[] mockStoredKey;
  private final byte[] mockServerKey;

  private ProcessSecret(byte[] key) {
    this.key = key;
    this.mockStoredKey = keyed("stored key", "");
    this.mockServerKey = keyed("server key", "");
  }

  /** A new key; make one a process. */
  public static ProcessSecret random(NonceSource random) {
    return new ProcessSecret(random.bytes(ScramHash.LENGTH));
  }

  byte[] salt(String user) {
    return Arrays.copyOf(keyed("salt", user), SALT_BYTES);
  }

  /**
   * A verifier that no password fits. Clients are told its salt, which so is the user's own; its
   * keys are only computed with, as in Postgres (auth-scram.c, mock_scram_secret), and are the same
   * for all.
   */
  ScramVerifier mockVerifier(String user, int iterations) {
    return new ScramVerifier(iterations, salt(user), mockStoredKey, mockServerKey);
  }

  /** A hash that no password fits, computed with the same steps as a real one. */
  StoredSecret.Md5Hash mockMd5(String user) {
    return Md5Password.hash(HexFormat.of().formatHex(keyed("password", user)), user);
  }

  private byte[] keyed(String purpose, String user) {
    return ScramHash.hmac(key, (purpose + '\0' + user).getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return "ProcessSecret[hidden]";
  }
}
