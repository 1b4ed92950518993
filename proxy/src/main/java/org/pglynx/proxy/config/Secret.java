package org.pglynx.proxy.config;

/**
 * A password that must not reach a log: its {@code toString} never shows it.
 *
 * @param value the secret itself; empty when none is configured
 */
public record Secret(String value) {
  /** No secret configured. */
  public static final Secret NONE = new Secret("");

  /** True when no secret is configured. */
  public boolean isEmpty() {
    return value.isEmpty();
  }

  @Override
  public String toString() {
    return isEmpty() ? "Secret[none]" : "Secret[***]";
  }
}
