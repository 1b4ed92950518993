package org.pglynx.proxy.auth;

/** The failures of a client's login, in Postgres' words. */
final class Failures {
  private Failures() {}

  static Step.Failure wrongCredentials(String user, String reason) {
    return new Step.Failure(
        Step.Kind.WRONG_CREDENTIALS,
        "password authentication failed for user \"" + user + "\"",
        reason);
  }

  static Step.Failure scram(ScramException e) {
    String message =
        switch (e.kind()) {
          case PROTOCOL_VIOLATION, WRONG_CREDENTIALS, INVALID_PASSWORD ->
              "malformed SCRAM message: " + e.reason();
          case NOT_BOUND -> e.reason();
          case NOT_SUPPORTED -> "SCRAM exchange refused: " + e.reason();
        };
    return new Step.Failure(e.kind(), message, message);
  }

  static Step.Failure packetSize() {
    return protocol("invalid password packet size");
  }

  static Step.Failure unexpected() {
    return protocol("a password message was not expected here");
  }

  private static Step.Failure protocol(String message) {
    return new Step.Failure(Step.Kind.PROTOCOL_VIOLATION, message, message);
  }
}
