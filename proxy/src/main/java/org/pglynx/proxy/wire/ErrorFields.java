package org.pglynx.proxy.wire;

import io.netty.buffer.ByteBuf;
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

  /** Another error for one whose place is known; null to leave it as it is. */
  public interface Substitute {
    /** The other one. */
    @Nullable PgError of(PgError error, int position);
  }

  /**
   * Writes the error with another position in the statement.
   *
   * @param move gives it for the old one
   * @param substitute what is told instead of the error
   * @return whether there is a position; if not, nothing is written that matters
   */
  public static boolean moved(
      ByteBuf buffer,
      int offset,
      int length,
      IntUnaryOperator move,
      Substitute substitute,
      ByteBuf out) {
    boolean whole = buffer.getInt(offset + 1) + 1 == length;
    String place = whole ? field(buffer, offset, length, 'P') : null;
    int position = place == null ? -1 : number(place);
    if (position < 0) {
      return false;
    }
    PgError other = substitute.of(read(buffer, offset, length), position);
    int mark = FrameWriter.begin(out, buffer.getByte(offset));
    if (!copied(buffer, offset, length, other == null ? "P" : "PCMDHFLR", out)) {
      return false;
    }
    if (other != null) {
      write(other, out);
    }
    written('P', Integer.toString(move.applyAsInt(position)), out);
    out.writeByte(0);
    FrameWriter.finish(out, mark);
    return true;
  }

  /** Writes all fields but some; false if the frame ends amid one. */
  private static boolean copied(
      ByteBuf buffer, int offset, int length, String without, ByteBuf out) {
    int end = offset + length;
    int at = offset + FrameScanner.HEADER;
    while (at < end && buffer.getByte(at) != 0) {
      int stop = buffer.indexOf(at + 1, end, (byte) 0);
      if (stop < 0) {
        return false;
      }
      if (without.indexOf(buffer.getByte(at)) < 0) {
        out.writeBytes(buffer, at, stop + 1 - at);
      }
      at = stop + 1;
    }
    return true;
  }

  private static void write(PgError error, ByteBuf out) {
    written('C', error.code(), out);
    written('M', error.message(), out);
    written('D', error.detail(), out);
    written('H', error.hint(), out);
    written('R', error.routine(), out);
  }

  private static void written(char tag, @Nullable String text, ByteBuf out) {
    if (text != null) {
      out.writeByte(tag);
      FrameWriter.cstring(out, text);
    }
  }

  private static int number(String digits) {
    try {
      return Integer.parseUnsignedInt(digits);
    } catch (NumberFormatException e) {
      return -1;
    }
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
        return WireText.decode(buffer, text, stop - text);
      }
      at = stop + 1;
    }
    return null;
  }
}
