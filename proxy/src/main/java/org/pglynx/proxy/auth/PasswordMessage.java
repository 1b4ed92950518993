package org.pglynx.proxy.auth;

import java.util.Arrays;

/** The body of PasswordMessage: one string. */
final class PasswordMessage {
  private PasswordMessage() {}

  /** Exactly one string that ends with the only NUL of the message. */
  static boolean isOneString(byte[] message) {
    if (message.length == 0 || message.length > ScramLimits.MAX_MESSAGE_BYTES) {
      return false;
    }
    int nul = 0;
    while (nul < message.length && message[nul] != 0) {
      nul++;
    }
    return nul == message.length - 1;
  }

  /** The string's bytes. */
  static byte[] text(byte[] message) {
    return Arrays.copyOf(message, message.length - 1);
  }
}
