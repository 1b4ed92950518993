package org.pglynx.proxy.auth;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks a client by SCRAM-SHA-256 or SCRAM-SHA-256-PLUS inside SASL messages.
 *
 * <pre>
 * NEW --first()--> OFFERED --SASLInitialResponse--> CHALLENGED --client-final--> FINISHED
 *                     `--without data--> EMPTY_CHALLENGE --client-first--> CHALLENGED
 * </pre>
 *
 * Anything else ends in FINISHED with a failure.
 */
final class ScramAuthenticator implements ClientAuthenticator {
  private enum Phase {
    NEW,
    OFFERED,
    EMPTY_CHALLENGE,
    CHALLENGED,
    FINISHED
  }

  private final String user;
  private final ScramServer scram;
  private final @Nullable String doom;
  private Phase phase = Phase.NEW;

  /**
   * @param scram over the user's verifier, or over a mock when the login is doomed
   * @param doom why this login must fail whatever the client proves, or null
   */
  ScramAuthenticator(String user, ScramServer scram, @Nullable String doom) {
    this.user = user;
    this.scram = scram;
    this.doom = doom;
  }

  @Override
  public Step first() {
    phase = Phase.OFFERED;
    return new Step.Continue(AuthMessage.sasl(scram.mechanisms()));
  }

  @Override
  public Step next(byte[] message) {
    Phase before = phase;
    phase = Phase.FINISHED;
    try {
      return switch (before) {
        case OFFERED -> initialResponse(message);
        case EMPTY_CHALLENGE -> challenge(message);
        case CHALLENGED -> judge(scram.last(message));
        case NEW, FINISHED -> Failures.unexpected();
      };
    } catch (ScramException e) {
      return Failures.scram(e);
    }
  }

  @Override
  public Step again(StoredSecret fresh) {
    return Failures.wrongCredentials(
        user, "the password does not match the secret that was known when the login began");
  }

  private Step initialResponse(byte[] message) throws ScramException {
    SaslInitialResponse initial = SaslInitialResponse.decode(message);
    scram.select(initial.mechanism());
    if (initial.data().length == 0) {
      phase = Phase.EMPTY_CHALLENGE;
      return new Step.Continue(AuthMessage.saslContinue(""));
    }
    return challenge(initial.data());
  }

  private Step challenge(byte[] clientFirst) throws ScramException {
    String serverFirst = scram.first(clientFirst);
    phase = Phase.CHALLENGED;
    return new Step.Continue(AuthMessage.saslContinue(serverFirst));
  }

  private Step judge(ScramServer.Outcome outcome) {
    if (doom != null) {
      return Failures.wrongCredentials(user, doom);
    }
    if (!outcome.proven()) {
      return Failures.wrongCredentials(user, "the password does not match");
    }
    return new Step.Success(
        List.of(AuthMessage.saslFinal(outcome.serverFinal()), AuthMessage.ok()), outcome.keys());
  }
}
