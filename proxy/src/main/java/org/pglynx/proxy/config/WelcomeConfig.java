package org.pglynx.proxy.config;

/**
 * What clients meet with at their login besides.
 *
 * @param message a notice for each; empty for none
 * @param addsHost whether where a client comes from is added to what it calls itself
 */
public record WelcomeConfig(String message, boolean addsHost) {
  /** Nothing. */
  public static final WelcomeConfig NONE = new WelcomeConfig("", false);

  /** The same with nothing to read. */
  public WelcomeConfig withoutMessage() {
    return new WelcomeConfig("", addsHost);
  }
}
