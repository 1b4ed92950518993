package org.pglynx.proxy.config;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A password that must not reach a log: its {@code toString} never shows it.
 *
 * @param value the secret itself; empty when none is configured
 */
public record Secret(String value) {
  /** No secret configured. */
  public static final Secret NONE = new Secret("");

  /** What a SCRAM verifier looks like. */
  private static final String VERIFIER_FORM =
      "its form is SCRAM-SHA-256$iterations:salt$storedKey:serverKey, the keys of 32 bytes in"
          + " base64";

  private static final String BASE64 = "[A-Za-z0-9+/]";

  /** A 32-byte key in base64 is 43 characters and one of padding. */
  private static final Pattern VERIFIER =
      Pattern.compile(
          "SCRAM-SHA-256\\$[1-9]\\d{0,8}:("
              + BASE64
              + "{4})*("
              + BASE64
              + "{2}==|"
              + BASE64
              + "{3}=)?\\$"
              + BASE64
              + "{43}=:"
              + BASE64
              + "{43}=");

  /** Why no login could ever use it; empty if one could. */
  Optional<String> fault() {
    if (value.startsWith("SCRAM-SHA-256$") && !VERIFIER.matcher(value).matches()) {
      return Optional.of("this SCRAM verifier is damaged: " + VERIFIER_FORM);
    }
    return value.indexOf('\0') >= 0
        ? Optional.of("a password cannot contain a NUL character")
        : Optional.empty();
  }

  /** True when no secret is configured. */
  public boolean isEmpty() {
    return value.isEmpty();
  }

  @Override
  public String toString() {
    return isEmpty() ? "Secret[none]" : "Secret[***]";
  }
}
