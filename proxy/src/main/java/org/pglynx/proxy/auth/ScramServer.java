package org.pglynx.proxy.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;

/**
 * The server's half of one SCRAM-SHA-256 exchange (RFC 5802), strict where Postgres is strict. The
 * name in the client's message is ignored, as Postgres does: the startup packet has named the user.
 */
final class ScramServer {
  private final ScramVerifier verifier;
  private final String nonceSuffix;
  private final ChannelBinding binding;
  private ScramMechanism mechanism = ScramMechanism.BARE;
  private String clientFirstBare = "";
  private String serverFirst = "";
  private String nonce = "";
  private String channelBinding = "";

  /**
   * @param binding of the connection; with one -PLUS is on offer, too
   */
  ScramServer(ScramVerifier verifier, String nonceSuffix, ChannelBinding binding) {
    this.verifier = verifier;
    this.nonceSuffix = nonceSuffix;
    this.binding = binding;
  }

  List<String> mechanisms() {
    return ScramMechanism.offer(binding);
  }

  /** Takes the client's choice. */
  void select(String chosen) throws ScramException {
    if (!mechanisms().contains(chosen)) {
      throw ScramException.malformed(
          "the client selected an invalid SASL authentication mechanism");
    }
    mechanism =
        chosen.equals(ScramMechanism.PLUS.mechanism()) ? ScramMechanism.PLUS : ScramMechanism.BARE;
  }

  /** Reads client-first-message; gives server-first-message. */
  String first(byte[] message) throws ScramException {
    ScramAttributes in = new ScramAttributes(message);
    String header = gs2Header(in);
    channelBinding = mechanism.repeated(header, binding);
    clientFirstBare = in.text().substring(in.position());
    in.refuseMandatoryExtension();
    in.value('n');
    nonce = ScramAttributes.nonce(in.value('r')) + nonceSuffix;
    in.skipExtensions();
    serverFirst =
        "r=" + nonce + ",s=" + ScramHash.base64(verifier.salt()) + ",i=" + verifier.iterations();
    return serverFirst;
  }

  private String gs2Header(ScramAttributes in) throws ScramException {
    String flag = bindingFlag(in);
    if (in.peek() == 'a') {
      throw ScramException.unsupported("an authorization identity is not supported");
    }
    in.comma();
    return flag + ",,";
  }

  private String bindingFlag(ScramAttributes in) throws ScramException {
    char flag = in.peek();
    switch (flag) {
      case 'p' -> {
        return "p=" + bindingType(in);
      }
      case 'n', 'y' -> refuseUnbound(flag);
      default ->
          throw ScramException.malformed(
              "unexpected channel-binding flag " + ScramAttributes.show(flag));
    }
    in.character();
    in.comma();
    return String.valueOf(flag);
  }

  private String bindingType(ScramAttributes in) throws ScramException {
    if (mechanism != ScramMechanism.PLUS) {
      throw ScramException.malformed(
          "SCRAM-SHA-256 without channel binding was selected, but the message includes channel"
              + " binding data");
    }
    String type = in.value('p');
    if (!type.equals(ChannelBinding.TYPE)) {
      throw ScramException.malformed("unsupported SCRAM channel-binding type");
    }
    return type;
  }

  /** A client that says {@code y} has not seen our offer of -PLUS: somebody in between cut it. */
  private void refuseUnbound(char flag) throws ScramException {
    if (mechanism == ScramMechanism.PLUS) {
      throw ScramException.malformed(
          "SCRAM-SHA-256-PLUS was selected, but the message does not include channel binding data");
    }
    if (flag == 'y' && binding.present()) {
      throw ScramException.notBound(
          "SCRAM channel binding negotiation error: the client supports SCRAM channel binding but"
              + " thinks the server does not; however, this server does");
    }
  }

  /** Reads client-final-message and checks the proof. */
  Outcome last(byte[] message) throws ScramException {
    ScramAttributes in = new ScramAttributes(message);
    String repeated = in.value('c');
    if (mechanism == ScramMechanism.PLUS && !constantTimeEquals(repeated, channelBinding)) {
      throw ScramException.notBound("SCRAM channel binding check failed");
    }
    if (!repeated.equals(channelBinding)) {
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
