package org.pglynx.proxy.auth;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The body of SASLInitialResponse: mechanism as a string, Int32 length of the data or -1 for none,
 * data.
 */
final class SaslInitialResponse {
  private static final int MAX_MECHANISM_BYTES = 64;

  private final String mechanism;
  private final byte[] data;

  private SaslInitialResponse(String mechanism, byte[] data) {
    this.mechanism = mechanism;
    this.data = data;
  }

  /** Every length is checked against what is really there before it is used (CVE-2026-6664). */
  static SaslInitialResponse decode(byte[] body) throws ScramException {
    int nul = 0;
    while (nul < body.length && body[nul] != 0) {
      nul++;
    }
    if (nul == body.length || nul > MAX_MECHANISM_BYTES) {
      throw ScramException.malformed("the mechanism's name does not end");
    }
    String mechanism = new String(body, 0, nul, StandardCharsets.ISO_8859_1);
    return new SaslInitialResponse(mechanism, data(ByteBuffer.wrap(body).position(nul + 1)));
  }

  private static byte[] data(ByteBuffer rest) throws ScramException {
    if (rest.remaining() < Integer.BYTES) {
      throw ScramException.malformed("the length of the initial response is missing");
    }
    int length = rest.getInt();
    int present = rest.remaining();
    if (length < -1 || Math.max(length, 0) != present) {
      throw ScramException.malformed(
          "the initial response announces " + length + " bytes but has " + present);
    }
    byte[] data = new byte[present];
    rest.get(data);
    return data;
  }

  static byte[] encode(String mechanism, String data) {
    byte[] name = mechanism.getBytes(StandardCharsets.US_ASCII);
    byte[] bytes = data.getBytes(StandardCharsets.ISO_8859_1);
    return ByteBuffer.allocate(name.length + 1 + Integer.BYTES + bytes.length)
        .put(name)
        .put((byte) 0)
        .putInt(bytes.length)
        .put(bytes)
        .array();
  }

  String mechanism() {
    return mechanism;
  }

  /** Empty if the client sent no data: RFC 4422 then gives it an empty challenge to answer. */
  byte[] data() {
    return data;
  }
}
