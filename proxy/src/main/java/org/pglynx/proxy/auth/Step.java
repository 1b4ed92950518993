package org.pglynx.proxy.auth;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the proxy does next in the login of a client. */
public sealed interface Step {

  /**
   * Send this and wait for the client's answer (tag {@code p}).
   *
   * @param message the AuthenticationXxx message to send
   */
  record Continue(AuthMessage message) implements Step {}

  /**
   * The answer needs a key derivation of a millisecond or more: run the work off the event loop,
   * and go on with what it gives.
   *
   * @param work never fails
   */
  record Compute(Supplier<Step> work) implements Step {}

  /**
   * The client has proved who it is.
   *
   * @param messages all to be sent, in order; the last one is AuthenticationOk
   * @param keys recovered from a SCRAM proof (or derived from a password in clear), so that the
   *     proxy can log in to a server that stores the same verifier; absent for other methods
   */
  record Success(List<AuthMessage> messages, @Nullable ScramKeys keys) implements Step {
    /** Copies the list. */
    public Success {
      messages = List.copyOf(messages);
    }
  }

  /**
   * The login has failed; send a FATAL error and close.
   *
   * @param kind gives the SQLSTATE
   * @param message for the client; the same whether the user exists or not
   * @param reason for the log only: what really went wrong, never the secret
   */
  record Failure(Kind kind, String message, String reason) implements Step {}

  /** Why a login fails, as a class that the client may know. */
  enum Kind {
    /** Unknown user, wrong password, unusable secret: the client cannot tell which. */
    WRONG_CREDENTIALS("28P01"),
    /** A password that nobody can have. */
    INVALID_PASSWORD("28P01"),
    /** The message does not follow the protocol. */
    PROTOCOL_VIOLATION("08P01"),
    /** The message asks for something that is not served. */
    NOT_SUPPORTED("0A000"),
    /** The proof is not bound to the connection that it came through. */
    NOT_BOUND("28000");

    private final String sqlState;

    Kind(String sqlState) {
      this.sqlState = sqlState;
    }

    /** The SQLSTATE that Postgres uses for this. */
    public String sqlState() {
      return sqlState;
    }
  }
}
