package org.pglynx.proxy.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks a client by md5: salt out, salted hash in. */
final class Md5Authenticator implements ClientAuthenticator {
  private final String user;
  private final StoredSecret.Md5Hash stored;
  private final @Nullable String doom;
  private final byte[] salt;
  private boolean waiting;
  private byte[] answer = {};

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
    if (!PasswordMessage.isOneString(message)) {
      return Failures.packetSize();
    }
    answer = PasswordMessage.text(message);
    boolean equal = fits(stored);
    if (doom != null) {
      return Failures.wrongCredentials(user, doom);
    }
    return judge(equal);
  }

  @Override
  public Step again(StoredSecret fresh) {
    return switch (fresh) {
      case StoredSecret.Plain(String password) -> judge(fits(Md5Password.hash(password, user)));
      case StoredSecret.Md5Hash hash -> judge(fits(hash));
      case ScramVerifier verifier ->
          Failures.wrongCredentials(user, "the secret has become a SCRAM verifier meanwhile");
    };
  }

  private boolean fits(StoredSecret.Md5Hash hash) {
    byte[] expected = Md5Password.response(hash, salt).getBytes(StandardCharsets.US_ASCII);
    return MessageDigest.isEqual(expected, answer);
  }

  private Step judge(boolean equal) {
    return equal
        ? new Step.Success(List.of(AuthMessage.ok()), null)
        : Failures.wrongCredentials(user, "the password does not match");
  }
}
