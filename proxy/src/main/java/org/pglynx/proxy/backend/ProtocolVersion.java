package org.pglynx.proxy.backend;

import io.netty.buffer.ByteBuf;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.ProtocolException;

/**
 * Which version of the protocol servers are asked for: 3.2, for its long cancel keys. PostgreSQL
 * from 9.3 on answers with the version that it has (NegotiateProtocolVersion); what is older, and
 * some poolers, refuse the connection and are asked for 3.0 from then on. One for the process.
 */
final class ProtocolVersion {
  static final int V3_0 = 3 << 16;
  static final int V3_2 = V3_0 | 2;

  private final Set<String> older = ConcurrentHashMap.newKeySet();

  /** What to ask the server for. */
  int of(BackendTarget target) {
    return older.contains(address(target)) ? V3_0 : V3_2;
  }

  /** The server has let us in with 3.0, after it had refused 3.2. */
  void remember(BackendTarget target, int spoken) {
    if (spoken == V3_0) {
      older.add(address(target));
    }
  }

  private static String address(BackendTarget target) {
    return target.host() + ':' + target.port();
  }

  /**
   * Reads NegotiateProtocolVersion.
   *
   * @throws ProtocolException if it is no answer to what was asked for
   */
  static void checkNegotiated(int asked, ByteBuf buffer, int offset, int length) {
    if (asked == V3_0 || length < FrameScanner.HEADER + 8) {
      throw new ProtocolException("unexpected NegotiateProtocolVersion");
    }
    int version = buffer.getInt(offset + FrameScanner.HEADER);
    int options = buffer.getInt(offset + FrameScanner.HEADER + 4);
    // No options are asked for, so none can be unknown (as in libpq, fe-protocol3.c).
    if (version < V3_0 || version >= asked || options != 0) {
      throw new ProtocolException(
          "NegotiateProtocolVersion for %d.%d with %d options"
              .formatted(version >>> 16, version & 0xffff, options));
    }
  }
}
