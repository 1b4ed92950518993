package org.pglynx.proxy.backend;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/**
 * Reads ErrorResponse frames of a server that is not trusted to have written all fields
 * (CVE-2026-6666: a pooler crashed on an error without SQLSTATE).
 */
final class ErrorFields {
  private ErrorFields() {}

  /** Whether the severity is FATAL or PANIC: the server closes the connection behind it. */
  static boolean ends(ByteBuf buffer, int offset, int length) {
    String severity = field(buffer, offset, length, 'V');
    if (severity == null) {
      severity = field(buffer, offset, length, 'S');
    }
    return "FATAL".equals(severity) || "PANIC".equals(severity);
  }

  /**
   * Whether a prepared statement would now return other columns than when it was prepared, so that
   * only preparing it anew helps. The routine's name is the same in all languages and versions.
   */
  static boolean outdatedPlan(ByteBuf buffer, int offset, int length) {
    return "0A000".equals(field(buffer, offset, length, 'C'))
        && "RevalidateCachedQuery".equals(field(buffer, offset, length, 'R'));
  }

  /** Whether it is that of a cancelled statement. */
  static boolean canceled(ByteBuf buffer, int offset, int length) {
    return SqlState.QUERY_CANCELED.code().equals(field(buffer, offset, length, 'C'));
  }

  /** The error, with severity ERROR. */
  static PgError read(ByteBuf buffer, int offset, int length) {
    String code = field(buffer, offset, length, 'C');
    String message = field(buffer, offset, length, 'M');
    return new PgError(
        PgError.Severity.ERROR,
        code == null || code.length() != 5 ? SqlState.INTERNAL_ERROR.code() : code,
        message == null ? "the server reported an error without a message" : message,
        field(buffer, offset, length, 'D'),
        field(buffer, offset, length, 'H'),
        field(buffer, offset, length, 'R'));
  }

  private static @Nullable String field(ByteBuf buffer, int offset, int length, char wanted) {
    int at = offset + FrameScanner.HEADER;
    int end = offset + length;
    while (at < end && buffer.getByte(at) != 0) {
      int text = at + 1;
      int stop = buffer.indexOf(text, end, (byte) 0);
      if (stop < 0) {
        return null;
      }
      if (buffer.getByte(at) == wanted) {
        return buffer.toString(text, stop - text, StandardCharsets.UTF_8);
      }
      at = stop + 1;
    }
    return null;
  }
}
