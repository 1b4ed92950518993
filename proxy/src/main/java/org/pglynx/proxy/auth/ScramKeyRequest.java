package org.pglynx.proxy.auth;

import java.security.MessageDigest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A key derivation that a server's challenge asks for: password, salt, iteration count. */
public final class ScramKeyRequest {
  private final String password;
  private final byte[] salt;
  private final int iterations;

  ScramKeyRequest(String password, byte[] salt, int iterations) {
    this.password = password;
    this.salt = salt.clone();
    this.iterations = iterations;
  }

  /** How often the hash is applied; tells how long the derivation takes. */
  public int iterations() {
    return iterations;
  }

  ScramKeys derive() {
    return ScramKeys.derive(password, salt, iterations);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ScramKeyRequest that
        && iterations == that.iterations
        && MessageDigest.isEqual(salt, that.salt)
        && password.equals(that.password);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(salt) + password.hashCode();
  }

  @Override
  public String toString() {
    return "ScramKeyRequest[iterations=" + iterations + ", hidden]";
  }
}
