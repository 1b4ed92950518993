package org.pglynx.proxy.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * The client's half of one SCRAM-SHA-256 exchange (RFC 5802), with bounds on everything the server
 * says.
 */
final class ScramClient {
  private final String clientFirstBare;
  private final String clientNonce;
  private final ChannelBinding binding;
  private ScramMechanism mechanism = ScramMechanism.BARE;
  private String serverFirst = "";
  private String nonce = "";
  private byte[] expectedSignature = new byte[0];

  /**
   * @param name goes into the message; Postgres ignores it and libpq leaves it empty
   * @param binding of the connection
   */
  ScramClient(String name, String clientNonce, ChannelBinding binding) {
    this.binding = binding;
    this.clientNonce = clientNonce;
    this.clientFirstBare = "n=" + name + ",r=" + clientNonce;
  }

  /** Gives client-first-message. */
  String first(ScramMechanism chosen) {
    mechanism = chosen;
    return chosen.header(binding) + clientFirstBare;
  }

  /** Reads server-first-message. */
  Challenge challenge(byte[] message) throws ScramException {
    ScramAttributes in = new ScramAttributes(message);
    in.refuseMandatoryExtension();
    nonce = ScramAttributes.nonce(in.value('r'));
    if (!nonce.startsWith(clientNonce) || nonce.length() == clientNonce.length()) {
      throw ScramException.malformed("the server's nonce does not extend the client's");
    }
    byte[] salt = ScramAttributes.base64("the salt", in.value('s'), 1, ScramLimits.MAX_SALT_BYTES);
    int iterations = iterations(in.value('i'));
    in.skipExtensions();
    serverFirst = in.text();
    return new Challenge(salt, iterations);
  }

  private static int iterations(String value) throws ScramException {
    if (!value.matches("[1-9][0-9]{0,6}") || Integer.parseInt(value) > ScramLimits.MAX_ITERATIONS) {
      throw ScramException.malformed(
          "the iteration count is not a number from 1 to " + ScramLimits.MAX_ITERATIONS);
    }
    return Integer.parseInt(value);
  }

  /** Gives client-final-message with the proof. */
  String last(ScramKeys keys) {
    String withoutProof =
        "c=" + mechanism.repeated(mechanism.header(binding), binding) + ",r=" + nonce;
    byte[] signed =
        (clientFirstBare + "," + serverFirst + "," + withoutProof)
            .getBytes(StandardCharsets.ISO_8859_1);
    expectedSignature = ScramHash.hmac(keys.serverKey(), signed);
    byte[] proof = ScramHash.xor(keys.clientKey(), ScramHash.hmac(keys.storedKey(), signed));
    return withoutProof + ",p=" + ScramHash.base64(proof);
  }

  /** Reads server-final-message; returns only if the server knows the password too. */
  void verify(byte[] message) throws ScramException {
    ScramAttributes in = new ScramAttributes(message);
    if (in.peek() == 'e') {
      throw ScramException.malformed("the server answered with a SCRAM error");
    }
    byte[] signature =
        ScramAttributes.base64("the signature", in.value('v'), ScramHash.LENGTH, ScramHash.LENGTH);
    in.end();
    if (!MessageDigest.isEqual(signature, expectedSignature)) {
      throw ScramException.malformed(
          "the server's signature is wrong: it does not know the password, or somebody sits"
              + " between");
    }
  }

  /** What the server wants the password to be hashed with. */
  static final class Challenge {
    private final byte[] salt;
    private final int iterations;

    private Challenge(byte[] salt, int iterations) {
      this.salt = salt;
      this.iterations = iterations;
    }

    byte[] salt() {
      return salt;
    }

    int iterations() {
      return iterations;
    }
  }
}
