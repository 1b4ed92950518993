package org.pglynx.proxy.session;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.FrameScanner;

/** Tells the errors that a server gives because it is a standby; its primary may give none. */
final class StandbyError {
  private StandbyError() {}

  /** Whether the ErrorResponse is one of these. */
  static boolean is(ByteBuf buffer, int offset, int length) {
    String code = field(buffer, offset, length, 'C');
    if (code == null) {
      return false;
    }
    return switch (code) {
      // read_only_sql_transaction; a conflict with recovery; a deadlock with it; what is "not
      // possible during recovery".
      case "25006", "40001", "40P01", "55000" -> true;
      // Relations that are not logged, serializable transactions; not an outdated plan.
      case "0A000" -> !"RevalidateCachedQuery".equals(field(buffer, offset, length, 'R'));
      case "57014" -> conflicts(field(buffer, offset, length, 'M'));
      default -> false;
    };
  }

  /** The client's own cancel request has the same code. */
  private static boolean conflicts(@Nullable String message) {
    return message != null && message.contains("conflict with recovery");
  }

  private static @Nullable String field(ByteBuf buffer, int offset, int length, char wanted) {
    int at = offset + FrameScanner.HEADER;
    int end = offset + length;
    while (at < end && buffer.getByte(at) != 0) {
      int stop = buffer.indexOf(at + 1, end, (byte) 0);
      if (stop < 0) {
        return null;
      }
      if (buffer.getByte(at) == wanted) {
        return buffer.toString(at + 1, stop - at - 1, StandardCharsets.UTF_8);
      }
      at = stop + 1;
    }
    return null;
  }
}
