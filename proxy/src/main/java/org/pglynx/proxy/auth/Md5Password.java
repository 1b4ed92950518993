package org.pglynx.proxy.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The md5 login of the PostgreSQL protocol: the client sends {@code md5} + hex(md5(hex(md5(password
 * + user)) + salt)).
 */
public final class Md5Password {
  /** Length of the salt in AuthenticationMD5Password, in bytes. */
  static final int SALT_BYTES = 4;

  private Md5Password() {}

  /** What a server stores for a password: {@code md5} + hex(md5(password + user)). */
  public static StoredSecret.Md5Hash hash(String password, String user) {
    return new StoredSecret.Md5Hash(
        "md5" + hex((password + user).getBytes(StandardCharsets.UTF_8)));
  }

  /** What a client answers to a salt, without the NUL that ends it on the wire. */
  public static String response(StoredSecret.Md5Hash stored, byte[] salt) {
    byte[] hash = stored.text().substring("md5".length()).getBytes(StandardCharsets.US_ASCII);
    byte[] salted = new byte[hash.length + salt.length];
    System.arraycopy(hash, 0, salted, 0, hash.length);
    System.arraycopy(salt, 0, salted, hash.length, salt.length);
    return "md5" + hex(salted);
  }

  private static String hex(byte[] input) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(input));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(
          "this JDK has MD5 switched off; use scram-sha-256 on both sides", e);
    }
  }
}
