package org.pglynx.proxy.wire;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Reads ErrorResponse frames of a server that is not trusted to have written all fields
 * (CVE-2026-6666: a pooler crashed on an error without SQLSTATE).
 */
public final class ErrorFields {
  private ErrorFields() {}

  /** Whether the severity is FATAL or PANIC: the server closes the connection behind it. */
  public static boolean ends(ByteBuf buffer, int offset, int length) {
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
  public static boolean outdatedPlan(ByteBuf buffer, int offset, int length) {
    return "0A000".equals(field(buffer, offset, length, 'C'))
        && "RevalidateCachedQuery".equals(field(buffer, offset, length, 'R'));
  }

  /** Whether it is that of a cancelled statement. */
  public static boolean canceled(ByteBuf buffer, int offset, int length) {
    return SqlState.QUERY_CANCELED.code().equals(field(buffer, offset, length, 'C'));
  }

  /**
   * Writes the error with another position in the statement.
   *
   * @param move gives it for the old one
   * @return whether there is a position; if not, nothing is written that matters
   */
  public static boolean moved(
      ByteBuf buffer, int offset, int length, IntUnaryOperator move, ByteBuf out) {
    int end = offset + length;
    boolean whole = buffer.getInt(offset + 1) + 1 == length;
    boolean moved = false;
    int mark = FrameWriter.begin(out, buffer.getByte(offset));
    int at = offset + FrameScanner.HEADER;
    while (whole && at < end && buffer.getByte(at) != 0) {
      int stop = buffer.indexOf(at + 1, end, (byte) 0);
      if (stop < 0) {
        return false;
      }
      int position = buffer.getByte(at) == 'P' ? number(buffer, at + 1, stop) : -1;
      if (position >= 0) {
        out.writeByte('P');
        FrameWriter.cstring(out, Integer.toString(move.applyAsInt(position)));
        moved = true;
      } else {
        out.writeBytes(buffer, at, stop + 1 - at);
      }
      at = stop + 1;
    }
    out.writeByte(0);
    FrameWriter.finish(out, mark);
    return moved;
  }

  private static int number(ByteBuf buffer, int from, int to) {
    int number = 0;
    for (int i = from; i < to; i++) {
      int digit = buffer.getByte(i) - '0';
      if (digit < 0 || digit > 9 || i - from > 8) {
        return -1;
      }
      number = number * 10 + digit;
    }
    return to > from ? number : -1;
  }

  /** The error, with severity ERROR. */
  public static PgError read(ByteBuf buffer, int offset, int length) {
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

  /**
   * The text of a field, by the protocol's "Error and Notice Message Fields"; null if the frame has
   * none, or not whole.
   */
  public static @Nullable String field(ByteBuf buffer, int offset, int length, char wanted) {
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
