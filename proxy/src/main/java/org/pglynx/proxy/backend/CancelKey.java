package org.pglynx.proxy.backend;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.pglynx.proxy.wire.ProtocolException;

/**
 * What a server has told for cancel requests.
 *
 * @param pid the server's process id
 * @param secret proves to the server that the request is ours; empty if it has told none, as some
 *     poolers do: then there is no way to cancel
 */
record CancelKey(int pid, byte[] secret) {
  /** Nothing was told. */
  static final CancelKey NONE = new CancelKey(0, new byte[0]);

  /** Reads the body of BackendKeyData. */
  static CancelKey of(byte[] body) {
    // A key has 4 to 256 bytes from protocol 3.2 on (PostgreSQL manual, BackendKeyData).
    if (body.length < 8 || body.length > 260) {
      throw new ProtocolException("BackendKeyData of " + body.length + " bytes");
    }
    return new CancelKey(ByteBuffer.wrap(body).getInt(), Arrays.copyOfRange(body, 4, body.length));
  }

  boolean known() {
    return secret.length > 0;
  }
}
