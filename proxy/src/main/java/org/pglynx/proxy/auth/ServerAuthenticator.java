package org.pglynx.proxy.auth;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * The proxy's login to one server. Used by one thread at a time; never blocks and never throws for
 * anything a server sends.
 *
 * <pre>
 * NEW --3 or 5--> ANSWERED --0--> FINISHED (Done)
 *  |---10--> CHALLENGE_EXPECTED --11--> [DERIVING --resume-->] SIGNATURE_EXPECTED --12--> PROVEN --0--> FINISHED
 *  `---0---> FINISHED (Done)
 * </pre>
 *
 * Anything else ends in FINISHED with {@link Reply.Refused}: above all an AuthenticationOk before
 * the server's signature has been verified.
 */
public final class ServerAuthenticator {
  /** How what a login lacks begins: the server is there, and asks for what the proxy has not. */
  public static final String CANNOT_LOG_IN = "cannot log in to the server as ";

  private enum Phase {
    NEW,
    ANSWERED,
    CHALLENGE_EXPECTED,
    DERIVING,
    SIGNATURE_EXPECTED,
    PROVEN,
    FINISHED
  }

  private final String user;
  private final ServerCredential credential;
  private final boolean cleartextAllowed;
  private final ScramKeyCache cache;
  private final ChannelBinding binding;
  private final ScramClient scram;
  private Phase phase = Phase.NEW;

  /**
   * A login that has not begun.
   *
   * @param user as in the startup packet
   * @param cleartextAllowed whether the password may be sent as it is: true only if the connection
   *     is encrypted, or stays on this machine and the configuration trusts that
   * @param binding of the connection; used if the server offers SCRAM-SHA-256-PLUS
   */
  public ServerAuthenticator(
      String user,
      ServerCredential credential,
      boolean cleartextAllowed,
      ChannelBinding binding,
      ScramKeyCache cache,
      NonceSource random) {
    this.user = user;
    this.credential = credential;
    this.cleartextAllowed = cleartextAllowed;
    this.cache = cache;
    this.binding = binding;
    this.scram = new ScramClient("", random.nonce(), binding);
  }

  /**
   * Answers one message of the server with tag {@code R}.
   *
   * @param body without tag and length
   */
  public Reply on(byte[] body) {
    if (body.length < Integer.BYTES || body.length > ScramLimits.MAX_MESSAGE_BYTES) {
      return refuse("its authentication request has " + body.length + " bytes");
    }
    int code = ByteBuffer.wrap(body).getInt();
    byte[] data = Arrays.copyOfRange(body, Integer.BYTES, body.length);
    try {
      return on(code, data);
    } catch (ScramException e) {
      return refuse("SCRAM exchange failed: " + e.reason());
    }
  }

  private Reply on(int code, byte[] data) throws ScramException {
    return switch (code) {
      case AuthMessage.OK -> ok(data);
      case AuthMessage.CLEARTEXT_PASSWORD -> cleartext(data);
      case AuthMessage.MD5_PASSWORD -> md5(data);
      case AuthMessage.SASL -> sasl(data);
      case AuthMessage.SASL_CONTINUE -> challenge(data);
      case AuthMessage.SASL_FINAL -> signature(data);
      case AuthMessage.KERBEROS_V5 -> notServed("Kerberos V5");
      case AuthMessage.GSS, AuthMessage.GSS_CONTINUE -> notServed("GSSAPI");
      case AuthMessage.SSPI -> notServed("SSPI");
      default -> notServed("method number " + code);
    };
  }

  /**
   * Continues after {@link Reply.Derive}.
   *
   * @param keys what {@link ScramKeyCache#derive} gave
   */
  public Reply resume(ScramKeys keys) {
    return phase == Phase.DERIVING
        ? prove(keys)
        : refuse("keys were derived that nobody asked for");
  }

  private Reply ok(byte[] data) {
    if (data.length != 0) {
      return refuse("its AuthenticationOk carries " + data.length + " bytes too many");
    }
    return switch (phase) {
      case NEW, ANSWERED, PROVEN -> {
        phase = Phase.FINISHED;
        yield new Reply.Done();
      }
      case CHALLENGE_EXPECTED, DERIVING, SIGNATURE_EXPECTED ->
          refuse("it said AuthenticationOk before it proved by SCRAM that it knows the password");
      case FINISHED -> outOfOrder(AuthMessage.OK);
    };
  }

  private Reply cleartext(byte[] data) {
    if (phase != Phase.NEW) {
      return outOfOrder(AuthMessage.CLEARTEXT_PASSWORD);
    }
    if (data.length != 0) {
      return refuse("its AuthenticationCleartextPassword carries " + data.length + " bytes");
    }
    if (!cleartextAllowed) {
      return refuse(
          "it asks for the password in clear over an unencrypted connection; use TLS or set"
              + " scram-sha-256 in its pg_hba.conf");
    }
    return credential instanceof ServerCredential.Secret(StoredSecret.Plain(String password))
        ? answer(password)
        : lacks("a cleartext login", "the password itself");
  }

  private Reply md5(byte[] salt) {
    if (phase != Phase.NEW) {
      return outOfOrder(AuthMessage.MD5_PASSWORD);
    }
    if (salt.length != Md5Password.SALT_BYTES) {
      return refuse("its md5 salt has " + salt.length + " bytes instead of 4");
    }
    return switch (credential) {
      case ServerCredential.Secret(StoredSecret.Plain(String password)) ->
          answer(Md5Password.response(Md5Password.hash(password, user), salt));
      case ServerCredential.Secret(StoredSecret.Md5Hash hash) ->
          answer(Md5Password.response(hash, salt));
      case ServerCredential.Secret(ScramVerifier verifier) -> lacksMd5();
      case ServerCredential.Passthrough passthrough -> lacksMd5();
      case ServerCredential.None none -> lacksMd5();
    };
  }

  private Reply sasl(byte[] data) throws ScramException {
    if (phase != Phase.NEW) {
      return outOfOrder(AuthMessage.SASL);
    }
    List<String> offered = mechanisms(data);
    ScramMechanism chosen = ScramMechanism.choose(offered, binding);
    if (chosen == null) {
      return refuse("it offers " + offered.size() + " SASL mechanisms, but not SCRAM-SHA-256");
    }
    return switch (credential) {
      case ServerCredential.Secret(StoredSecret.Plain plain) -> initialResponse(chosen);
      case ServerCredential.Passthrough passthrough -> initialResponse(chosen);
      case ServerCredential.Secret(StoredSecret.Md5Hash hash) -> lacksScram();
      case ServerCredential.Secret(ScramVerifier verifier) -> lacksScram();
      case ServerCredential.None none -> lacksScram();
    };
  }

  /** Strings that end with a NUL each, then one more NUL, then nothing. */
  private static List<String> mechanisms(byte[] data) throws ScramException {
    String text = new String(data, StandardCharsets.ISO_8859_1);
    if (!text.endsWith("\0\0") || text.indexOf("\0\0") != text.length() - 2) {
      throw ScramException.malformed("the list of SASL mechanisms does not end properly");
    }
    return List.of(text.substring(0, text.length() - 2).split("\0"));
  }

  private Reply initialResponse(ScramMechanism chosen) {
    phase = Phase.CHALLENGE_EXPECTED;
    return new Reply.Send(SaslInitialResponse.encode(chosen.mechanism(), scram.first(chosen)));
  }

  private Reply challenge(byte[] data) throws ScramException {
    if (phase != Phase.CHALLENGE_EXPECTED) {
      return outOfOrder(AuthMessage.SASL_CONTINUE);
    }
    ScramClient.Challenge challenge = scram.challenge(data);
    return switch (credential) {
      case ServerCredential.Secret(StoredSecret.Plain(String password)) ->
          proveOrDerive(new ScramKeyRequest(password, challenge.salt(), challenge.iterations()));
      case ServerCredential.Passthrough passthrough -> proveByPassthrough(passthrough, challenge);
      case ServerCredential.Secret secret -> lacksScram();
      case ServerCredential.None none -> lacksScram();
    };
  }

  private Reply proveOrDerive(ScramKeyRequest request) {
    ScramKeys known = cache.ready(request);
    if (known != null) {
      return prove(known);
    }
    phase = Phase.DERIVING;
    return new Reply.Derive(request);
  }

  private Reply proveByPassthrough(
      ServerCredential.Passthrough passthrough, ScramClient.Challenge challenge) {
    return passthrough.verifier().sameDerivation(challenge.salt(), challenge.iterations())
        ? prove(passthrough.keys())
        : refuse(
            "it stores another SCRAM verifier than the proxy; copy rolpassword from it, or"
                + " configure the password");
  }

  private Reply prove(ScramKeys keys) {
    phase = Phase.SIGNATURE_EXPECTED;
    return new Reply.Send(scram.last(keys).getBytes(StandardCharsets.ISO_8859_1));
  }

  private Reply signature(byte[] data) throws ScramException {
    if (phase != Phase.SIGNATURE_EXPECTED) {
      return outOfOrder(AuthMessage.SASL_FINAL);
    }
    scram.verify(data);
    phase = Phase.PROVEN;
    return new Reply.Await();
  }

  private Reply answer(String password) {
    phase = Phase.ANSWERED;
    return new Reply.Send((password + '\0').getBytes(StandardCharsets.UTF_8));
  }

  private Reply lacksMd5() {
    return lacks("an md5 login", "the password or its md5 hash");
  }

  private Reply lacksScram() {
    if (credential instanceof ServerCredential.Secret(ScramVerifier verifier)) {
      return lacks(
          "a SCRAM login",
          "the password, or a client of this user that has logged in by SCRAM since the proxy"
              + " started: a SCRAM verifier alone is not enough");
    }
    return lacks("a SCRAM login", "the password or a SCRAM verifier with a client's SCRAM login");
  }

  private Reply lacks(String method, String needed) {
    return refuse("it asks for " + method + ", for which the proxy needs " + needed);
  }

  private Reply notServed(String method) {
    return refuse("it asks for " + method + ", which is not served; use scram-sha-256");
  }

  private Reply outOfOrder(int code) {
    return refuse("its authentication request " + code + " came out of order");
  }

  private Reply refuse(String why) {
    phase = Phase.FINISHED;
    return new Reply.Refused(CANNOT_LOG_IN + '"' + user + "\": " + why);
  }
}
