package org.pglynx.proxy.auth;

/** What the proxy does next in its own login to a server. */
public sealed interface Reply {

  /** Send this as the body of a message with tag {@code p}, and wait for the server. */
  final class Send implements Reply {
    private final byte[] body;

    Send(byte[] body) {
      this.body = body;
    }

    /** The message body without tag and length; holds a secret, so never log it. */
    public byte[] body() {
      return body.clone();
    }

    @Override
    public String toString() {
      return "Send[" + body.length + " bytes]";
    }
  }

  /**
   * Run {@link ScramKeyCache#derive} with this off the event loop, then call {@link
   * ServerAuthenticator#resume} on it.
   *
   * @param request what to derive
   */
  record Derive(ScramKeyRequest request) implements Reply {}

  /** Nothing to send: the server has proved itself, its AuthenticationOk must come next. */
  record Await() implements Reply {}

  /** The login is complete. */
  record Done() implements Reply {}

  /**
   * The login cannot go on; close the connection.
   *
   * @param why what is wrong and what to do about it, without any secret
   */
  record Refused(String why) implements Reply {}
}
