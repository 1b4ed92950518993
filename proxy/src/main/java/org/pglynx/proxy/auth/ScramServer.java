package org.pglynx.proxy.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * The server's half of one SCRAM-SHA-256 exchange (RFC 5802), strict where Postgres is strict. The
 * name in the client's message is ignored, as Postgres does: the startup packet has named the user.
 */
final class ScramServer {
  static final String MECHANISM = "SCRAM-SHA-256";

  private final ScramVerifier verifier;
  private final String nonceSuffix;
  private String clientFirstBare = "";
  private String serverFirst = "";
  private String nonce = "";
  private String channelBinding = "";

  ScramServer(ScramVerifier verifier, String nonceSuffix) {
    this.verifier = verifier;
    this.nonceSuffix = nonceSuffix;
  }

  /** Reads client-first-message; gives server-first-message. */
  String first(byte[] message) throws ScramException {
    ScramAttributes in = new ScramAttributes(message);
    String header = gs2Header(in);
    channelBinding = ScramHash.base64(header.getBytes(StandardCharsets.US_ASCII));
    clientFirstBare = in.text().substring(in.position());
    in.refuseMandatoryExtension();
    in.value('n');
    nonce = ScramAttributes.nonce(in.value('r')) + nonceSuffix;
    in.skipExtensions();
    serverFirst =
        "r=" + nonce + ",s=" + ScramHash.base64(verifier.salt()) + ",i=" + verifier.iterations();
    return serverFirst;
  }

  /** Without -PLUS on offer, only {@code n,,} and {@code y,,} are right. */
  private static String gs2Header(ScramAttributes in) throws ScramException {
    char flag = in.character();
    if (flag == 'p') {
      throw ScramException.malformed(
          "SCRAM-SHA-256 without channel binding was selected, but the message includes channel"
              + " binding data");
    }
    if (flag != 'n' && flag != 'y') {
      throw ScramException.malformed(
          "unexpected channel-binding flag " + ScramAttributes.show(flag));
    }
    in.comma();
    if (in.peek() == 'a') {
      throw ScramException.unsupported("an authorization identity is not supported");
    }
    in.comma();
    return flag + ",,";
  }

  /** Reads client-final-message and checks the proof. */
  Outcome last(byte[] message) throws ScramException {
    ScramAttributes in = new ScramAttributes(message);
    if (!in.value('c').equals(channelBinding)) {
      throw ScramException.malformed("unexpected channel-binding attribute in the final message");
    }
    if (!constantTimeEquals(in.value('r'), nonce)) {
      throw ScramException.malformed("the nonce does not match");
    }
    while (in.peek() != 'p') {
      in.refuseMandatoryExtension();
      in.anyValue();
    }
    String withoutProof = in.text().substring(0, in.position() - 1);
    byte[] proof =
        ScramAttributes.base64("the proof", in.value('p'), ScramHash.LENGTH, ScramHash.LENGTH);
    in.end();
    return judge(proof, clientFirstBare + "," + serverFirst + "," + withoutProof);
  }

  private Outcome judge(byte[] proof, String authMessage) {
    byte[] signed = authMessage.getBytes(StandardCharsets.ISO_8859_1);
    byte[] clientKey = ScramHash.xor(proof, ScramHash.hmac(verifier.storedKey(), signed));
    boolean proven = MessageDigest.isEqual(ScramHash.h(clientKey), verifier.storedKey());
    String signature = ScramHash.base64(ScramHash.hmac(verifier.serverKey(), signed));
    return new Outcome(proven, "v=" + signature, new ScramKeys(clientKey, verifier.serverKey()));
  }

  private static boolean constantTimeEquals(String a, String b) {
    return MessageDigest.isEqual(
        a.getBytes(StandardCharsets.ISO_8859_1), b.getBytes(StandardCharsets.ISO_8859_1));
  }

  /**
   * @param proven whether the client knows the password
   * @param serverFinal what proves the server to the client; to be sent only if proven
   * @param keys the client's keys; worthless unless proven
   */
  record Outcome(boolean proven, String serverFinal, ScramKeys keys) {}
}
