package org.pglynx.proxy.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks a client by md5: salt out, salted hash in. */
final class Md5Authenticator implements ClientAuthenticator {
  private final String user;
  private final StoredSecret.Md5Hash stored;
  private final @Nullable String doom;
  private final byte[] salt;
  private boolean waiting;

  /**
   * @param stored the user's hash, or a mock when the login is doomed
   * @param doom why this login must fail whatever the client answers, or null
   */
  Md5Authenticator(String user, StoredSecret.Md5Hash stored, @Nullable String doom, byte[] salt) {
    this.user = user;
    this.stored = stored;
    this.doom = doom;
    this.salt = salt.clone();
  }

  @Override
  public Step first() {
    waiting = true;
    return new Step.Continue(AuthMessage.md5Password(salt));
  }

  @Override
  public Step next(byte[] message) {
    if (!waiting) {
      return Failures.unexpected();
    }
    waiting = false;
    if (!oneString(message)) {
      return Failures.packetSize();
    }
    return judge(Arrays.copyOf(message, message.length - 1));
  }

  private Step judge(byte[] answer) {
    byte[] expected = Md5Password.response(stored, salt).getBytes(StandardCharsets.US_ASCII);
    boolean equal = MessageDigest.isEqual(expected, answer);
    if (doom != null) {
      return Failures.wrongCredentials(user, doom);
    }
    return equal
        ? new Step.Success(List.of(AuthMessage.ok()), null)
        : Failures.wrongCredentials(user, "the password does not match");
  }

  /** Exactly one string that ends with the only NUL of the message. */
  private static boolean oneString(byte[] message) {
    if (message.length == 0 || message.length > ScramLimits.MAX_MESSAGE_BYTES) {
      return false;
    }
    int nul = 0;
    while (nul < message.length && message[nul] != 0) {
      nul++;
    }
    return nul == message.length - 1;
  }
}
