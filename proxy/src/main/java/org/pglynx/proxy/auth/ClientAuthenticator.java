package org.pglynx.proxy.auth;

/**
 * The login of one client, the proxy being the server of the exchange. Made by {@link
 * ClientAuthentication#begin}; used by one thread at a time; never blocks.
 *
 * <p>Call {@link #first()} once, then {@link #next} for each message of the client until a {@link
 * Step.Success} or {@link Step.Failure} comes. Neither method throws for anything a client sends.
 */
public sealed interface ClientAuthenticator
    permits TrustAuthenticator, Md5Authenticator, PasswordAuthenticator, ScramAuthenticator {

  /** What to send before the client has said anything. */
  Step first();

  /**
   * What to do about the client's answer.
   *
   * @param message the body of its message with tag {@code p}, without tag and length; at most
   *     65,535 bytes are accepted
   */
  Step next(byte[] message);

  /**
   * What the client's last answer is worth against a secret that has been fetched since. A SCRAM
   * proof is bound to the salt it was asked with, and the protocol has no second try: it fails.
   */
  Step again(StoredSecret fresh);
}
