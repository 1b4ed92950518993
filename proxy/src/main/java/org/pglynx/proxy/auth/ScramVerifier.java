package org.pglynx.proxy.auth;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a server stores in order to check a SCRAM login without knowing the password (RFC 5802
 * section 3): iteration count, salt, StoredKey and ServerKey.
 */
public final class ScramVerifier implements StoredSecret {
  /** What the textual form begins with. */
  public static final String PREFIX = "SCRAM-SHA-256$";

  /** What Postgres and PgBouncer use unless told otherwise; RFC 7677 asks for at least this. */
  public static final int DEFAULT_ITERATIONS = 4096;

  private static final Pattern FORM =
      Pattern.compile("SCRAM-SHA-256\\$([1-9][0-9]{0,8}):([^$:]+)\\$([^$:]+):([^$:]+)");

  private final int iterations;
  private final byte[] salt;
  private final byte[] storedKey;
  private final byte[] serverKey;

  ScramVerifier(int iterations, byte[] salt, byte[] storedKey, byte[] serverKey) {
    this.iterations = iterations;
    this.salt = salt.clone();
    this.storedKey = storedKey.clone();
    this.serverKey = serverKey.clone();
  }

  /**
   * Derives the verifier of a password (PBKDF2, SASLprep as Postgres does it). Takes a millisecond
   * or more: never call it on an event loop.
   *
   * @param salt at least one byte, 16 are usual
   * @throws IllegalArgumentException if the password or the salt is empty or iterations is not
   *     positive
   */
  public static ScramVerifier derive(String password, byte[] salt, int iterations) {
    if (password.isEmpty() || salt.length == 0 || iterations < 1) {
      throw new IllegalArgumentException(
          "a SCRAM verifier needs a password, a salt and at least one iteration");
    }
    ScramKeys keys = ScramKeys.derive(password, salt, iterations);
    return new ScramVerifier(iterations, salt, keys.storedKey(), keys.serverKey());
  }

  /**
   * Reads {@code SCRAM-SHA-256$iterations:salt$storedKey:serverKey}, the binary parts in base64.
   *
   * @throws IllegalArgumentException if it has another form; the message never contains the text
   */
  public static ScramVerifier parse(String text) {
    Matcher parts = FORM.matcher(text);
    if (!parts.matches()) {
      throw damaged("its form is SCRAM-SHA-256$iterations:salt$storedKey:serverKey");
    }
    return new ScramVerifier(
        Integer.parseInt(parts.group(1)),
        part("salt", parts.group(2), 1, ScramLimits.MAX_SALT_BYTES),
        part("storedKey", parts.group(3), ScramHash.LENGTH, ScramHash.LENGTH),
        part("serverKey", parts.group(4), ScramHash.LENGTH, ScramHash.LENGTH));
  }

  private static byte[] part(String name, String base64, int minBytes, int maxBytes) {
    try {
      return ScramAttributes.base64(name, base64, minBytes, maxBytes);
    } catch (ScramException e) {
      throw damaged(e.getMessage());
    }
  }

  private static IllegalArgumentException damaged(@Nullable String why) {
    return new IllegalArgumentException("this SCRAM verifier is damaged: " + why);
  }

  /** How often the hash is applied. */
  public int iterations() {
    return iterations;
  }

  /** A copy of the salt. */
  public byte[] salt() {
    return salt.clone();
  }

  byte[] storedKey() {
    return storedKey;
  }

  byte[] serverKey() {
    return serverKey;
  }

  /** Whether keys derived for this verifier are also right for another salt and count. */
  boolean sameDerivation(byte[] otherSalt, int otherIterations) {
    return iterations == otherIterations && MessageDigest.isEqual(salt, otherSalt);
  }

  /** The form of {@code pg_authid.rolpassword}; a secret, for storing only. */
  public String text() {
    return PREFIX
        + iterations
        + ":"
        + ScramHash.base64(salt)
        + "$"
        + ScramHash.base64(storedKey)
        + ":"
        + ScramHash.base64(serverKey);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ScramVerifier that
        && sameDerivation(that.salt, that.iterations)
        && MessageDigest.isEqual(storedKey, that.storedKey)
        && MessageDigest.isEqual(serverKey, that.serverKey);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(salt) + iterations;
  }

  @Override
  public String toString() {
    return "ScramVerifier[iterations=" + iterations + ", hidden]";
  }
}
