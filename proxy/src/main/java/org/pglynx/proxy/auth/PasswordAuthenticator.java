package org.pglynx.proxy.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks a client by the password in clear. Whatever the stored secret is, and whether there is one
 * or not, the answer costs one SCRAM derivation, so that nobody learns from the time which users
 * exist and what is stored of them.
 */
final class PasswordAuthenticator implements ClientAuthenticator {
  private final String user;
  private final @Nullable StoredSecret stored;
  private final ScramVerifier mock;
  private @Nullable String password;
  private boolean waiting;

  /**
   * @param stored what the password must fit; null if the login is doomed
   * @param mock what is derived against where a derivation is not needed
   */
  PasswordAuthenticator(String user, @Nullable StoredSecret stored, ScramVerifier mock) {
    this.user = user;
    this.stored = stored;
    this.mock = mock;
  }

  @Override
  public Step first() {
    waiting = true;
    return new Step.Continue(AuthMessage.cleartextPassword());
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
    String given = new String(PasswordMessage.text(message), StandardCharsets.UTF_8);
    if (given.isEmpty()) {
      // As Postgres: nobody has an empty password.
      return new Step.Failure(
          Step.Kind.INVALID_PASSWORD, "empty password returned by client", "an empty password");
    }
    password = given;
    return new Step.Compute(() -> judge(given, stored));
  }

  @Override
  public Step again(StoredSecret fresh) {
    String given = password;
    return given == null ? Failures.unexpected() : new Step.Compute(() -> judge(given, fresh));
  }

  private Step judge(String given, @Nullable StoredSecret secret) {
    ScramVerifier against = secret instanceof ScramVerifier verifier ? verifier : mock;
    ScramKeys keys = ScramKeys.derive(given, against.salt(), against.iterations());
    boolean verified = MessageDigest.isEqual(keys.storedKey(), against.storedKey());
    return switch (secret) {
      case ScramVerifier verifier -> outcome(verified, keys);
      case StoredSecret.Plain(String right) -> outcome(equal(right, given), null);
      case StoredSecret.Md5Hash hash ->
          outcome(equal(hash.text(), Md5Password.hash(given, user).text()), null);
      case null ->
          Failures.wrongCredentials(user, "user \"" + user + "\" is unknown or has no password");
    };
  }

  private Step outcome(boolean right, @Nullable ScramKeys keys) {
    return right
        ? new Step.Success(List.of(AuthMessage.ok()), keys)
        : Failures.wrongCredentials(user, "the password does not match");
  }

  private static boolean equal(String stored, String given) {
    return MessageDigest.isEqual(
        stored.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
  }
}
