package org.pglynx.proxy.auth;

import org.jspecify.annotations.Nullable;

/**
 * Begins the logins of clients. One for the process; safe for many threads.
 *
 * <p>An unknown user, and one whose secret does not fit the method, goes through the whole exchange
 * against a mock secret and fails at its end with the same message and after the same work as a
 * wrong password.
 */
public final class ClientAuthentication {
  private final ProcessSecret process;
  private final VerifierCache verifiers;
  private final NonceSource random;

  /** Collaborators are shared, nothing is copied. */
  public ClientAuthentication(ProcessSecret process, VerifierCache verifiers, NonceSource random) {
    this.process = process;
    this.verifiers = verifiers;
    this.random = random;
  }

  /**
   * Whether {@link #begin} can be called now. False only if a password in clear meets SCRAM for the
   * first time: then {@link #prepare} must be run, off the event loop.
   */
  public boolean ready(AuthMethod method, String user, @Nullable StoredSecret secret) {
    return !(method == AuthMethod.SCRAM_SHA_256
        && secret instanceof StoredSecret.Plain plain
        && verifiers.ready(user, plain) == null);
  }

  /**
   * Derives what {@link #begin} will need; does nothing if nothing is missing. Takes a millisecond
   * or more: run it when the configuration is loaded, or off the event loop.
   */
  public void prepare(AuthMethod method, String user, @Nullable StoredSecret secret) {
    if (method == AuthMethod.SCRAM_SHA_256 && secret instanceof StoredSecret.Plain plain) {
      verifiers.derive(user, plain);
    }
  }

  /**
   * Begins one login; never blocks.
   *
   * @param secret what is known about the user's password; null if the user is unknown or has none.
   *     With {@link AuthMethod#TRUST} it is not looked at: whether the user exists is the caller's
   *     question
   * @param unknownLike how users without a secret are asked under {@link AuthMethod#MD5}: give
   *     {@link AuthMethod#SCRAM_SHA_256} where the known users have verifiers, because these are
   *     asked by SCRAM too
   * @param binding of the connection; with one SCRAM-SHA-256-PLUS is offered
   * @throws IllegalStateException if not {@link #ready}
   */
  public ClientAuthenticator begin(
      AuthMethod method,
      String user,
      @Nullable StoredSecret secret,
      AuthMethod unknownLike,
      ChannelBinding binding) {
    return switch (method) {
      case TRUST -> new TrustAuthenticator();
      case PASSWORD -> new PasswordAuthenticator(user, secret, verifiers.mock(user));
      case SCRAM_SHA_256 -> scram(user, secret, binding);
      case MD5 ->
          asksByScram(secret, unknownLike)
              ? scram(user, secret, binding)
              : md5(user, secret, binding);
    };
  }

  /** Begins one login over a plain connection. */
  public ClientAuthenticator begin(
      AuthMethod method, String user, @Nullable StoredSecret secret, AuthMethod unknownLike) {
    return begin(method, user, secret, unknownLike, ChannelBinding.NONE);
  }

  /** Begins one login as above, unknown users being asked by the method itself. */
  public ClientAuthenticator begin(AuthMethod method, String user, @Nullable StoredSecret secret) {
    return begin(method, user, secret, method);
  }

  private static boolean asksByScram(@Nullable StoredSecret secret, AuthMethod unknownLike) {
    return secret == null
        ? unknownLike == AuthMethod.SCRAM_SHA_256
        : secret instanceof ScramVerifier;
  }

  private ClientAuthenticator md5(
      String user, @Nullable StoredSecret secret, ChannelBinding binding) {
    // Made for known users too, so that both kinds take the same time.
    StoredSecret.Md5Hash mock = process.mockMd5(user);
    byte[] salt = random.bytes(Md5Password.SALT_BYTES);
    return switch (secret) {
      case StoredSecret.Plain(String password) ->
          new Md5Authenticator(user, Md5Password.hash(password, user), null, salt);
      case StoredSecret.Md5Hash hash -> new Md5Authenticator(user, hash, null, salt);
      case ScramVerifier verifier -> scram(user, verifier, binding);
      case null -> new Md5Authenticator(user, mock, unknown(user), salt);
    };
  }

  private ClientAuthenticator scram(
      String user, @Nullable StoredSecret secret, ChannelBinding binding) {
    ScramVerifier mock = verifiers.mock(user);
    return switch (secret) {
      case StoredSecret.Plain plain -> scram(user, derived(user, plain), null, binding);
      case ScramVerifier verifier -> scram(user, verifier, null, binding);
      case StoredSecret.Md5Hash md5 ->
          scram(
              user,
              mock,
              "the stored secret of user \""
                  + user
                  + "\" is an md5 hash; SCRAM needs the password or a SCRAM verifier",
              binding);
      case null -> scram(user, mock, unknown(user), binding);
    };
  }

  private ClientAuthenticator scram(
      String user, ScramVerifier verifier, @Nullable String doom, ChannelBinding binding) {
    return new ScramAuthenticator(user, new ScramServer(verifier, random.nonce(), binding), doom);
  }

  private ScramVerifier derived(String user, StoredSecret.Plain plain) {
    ScramVerifier verifier = verifiers.ready(user, plain);
    if (verifier == null) {
      throw new IllegalStateException(
          "the SCRAM verifier of user \"" + user + "\" is not derived; call prepare first");
    }
    return verifier;
  }

  private static String unknown(String user) {
    return "user \"" + user + "\" is unknown or has no password";
  }
}
