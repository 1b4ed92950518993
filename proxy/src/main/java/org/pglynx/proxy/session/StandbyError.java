package org.pglynx.proxy.session;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.ErrorFields;

/** Tells the errors that a server gives because it is a standby; its primary may give none. */
final class StandbyError {
  private StandbyError() {}

  /** Whether the ErrorResponse is one of these. */
  static boolean is(ByteBuf buffer, int offset, int length) {
    String code = ErrorFields.field(buffer, offset, length, 'C');
    if (code == null) {
      return false;
    }
    return switch (code) {
      // read_only_sql_transaction; a conflict with recovery; a deadlock with it; what is "not
      // possible during recovery".
      case "25006", "40001", "40P01", "55000" -> true;
      // Relations that are not logged, serializable transactions; not an outdated plan.
      case "0A000" ->
          !"RevalidateCachedQuery".equals(ErrorFields.field(buffer, offset, length, 'R'));
      case "57014" -> conflicts(ErrorFields.field(buffer, offset, length, 'M'));
      default -> false;
    };
  }

  /** The client's own cancel request has the same code. */
  private static boolean conflicts(@Nullable String message) {
    return message != null && message.contains("conflict with recovery");
  }
}
