package org.pglynx.proxy.auth;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The functions named in RFC 5802 section 2.2, over SHA-256. */
final class ScramHash {
  /** Length of every key, signature and proof, in bytes. */
  static final int LENGTH = 32;

  /** What SHA-256 works on at once, in bytes. */
  private static final int BLOCK = 64;

  private static final byte[] INNER = filled((byte) 0x36);
  private static final byte[] INNER_TO_OUTER = filled((byte) (0x36 ^ 0x5c));

  private ScramHash() {}

  static byte[] h(byte[] input) {
    return sha256().digest(input);
  }

  /**
   * HMAC (RFC 2104). With one digest, and without a Mac: looking that up among the providers takes
   * longer than it works on a message of SCRAM.
   */
  static byte[] hmac(byte[] key, byte[] input) {
    MessageDigest sha = sha256();
    byte[] block = Arrays.copyOf(key.length > BLOCK ? sha.digest(key) : key, BLOCK);
    xorInto(block, INNER);
    sha.update(block);
    byte[] inner = sha.digest(input);
    xorInto(block, INNER_TO_OUTER);
    sha.update(block);
    return sha.digest(inner);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw missing(e);
    }
  }

  /**
   * PBKDF2 with one output block, which is all that SHA-256 needs. Takes about a millisecond for
   * 4096 iterations: never call it on an event loop.
   */
  static byte[] hi(byte[] password, byte[] salt, int iterations) {
    Mac mac = mac(password);
    byte[] u = mac.doFinal(ByteBuffer.allocate(salt.length + 4).put(salt).putInt(1).array());
    byte[] result = u.clone();
    for (int i = 1; i < iterations; i++) {
      u = mac.doFinal(u);
      xorInto(result, u);
    }
    return result;
  }

  static byte[] xor(byte[] a, byte[] b) {
    byte[] result = a.clone();
    xorInto(result, b);
    return result;
  }

  static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static byte[] filled(byte value) {
    byte[] block = new byte[BLOCK];
    Arrays.fill(block, value);
    return block;
  }

  private static void xorInto(byte[] target, byte[] other) {
    for (int i = 0; i < target.length; i++) {
      target[i] ^= other[i];
    }
  }

  private static Mac mac(byte[] key) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac;
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw missing(e);
    }
  }

  private static IllegalStateException missing(GeneralSecurityException e) {
    return new IllegalStateException("this JDK lacks HMAC-SHA-256, which every JDK must have", e);
  }
}
