package org.pglynx.proxy.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The two keys of RFC 5802 section 3 that a SCRAM client needs to log in and to check the server:
 * ClientKey and ServerKey, 32 bytes each. Whoever holds them can log in, so they are never shown.
 */
public final class ScramKeys {
  private final byte[] clientKey;
  private final byte[] serverKey;

  ScramKeys(byte[] clientKey, byte[] serverKey) {
    this.clientKey = clientKey.clone();
    this.serverKey = serverKey.clone();
  }

  /**
   * Derives the keys from a password, prepared as Postgres prepares it. Takes a millisecond or
   * more: never call it on an event loop.
   *
   * @param password not empty
   * @param salt at least one byte
   * @param iterations at least one
   */
  static ScramKeys derive(String password, byte[] salt, int iterations) {
    byte[] salted = ScramHash.hi(SaslPrep.prepare(password), salt, iterations);
    return new ScramKeys(
        ScramHash.hmac(salted, ascii("Client Key")), ScramHash.hmac(salted, ascii("Server Key")));
  }

  byte[] clientKey() {
    return clientKey;
  }

  byte[] serverKey() {
    return serverKey;
  }

  byte[] storedKey() {
    return ScramHash.h(clientKey);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ScramKeys that
        && MessageDigest.isEqual(clientKey, that.clientKey)
        && MessageDigest.isEqual(serverKey, that.serverKey);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(serverKey);
  }

  @Override
  public String toString() {
    return "ScramKeys[hidden]";
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
