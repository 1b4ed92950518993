package org.pglynx.proxy.commit;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/** What an ErrorResponse says, as far as it is told again. */
final class ErrorText {
  private ErrorText() {}

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
    int end = offset + length;
    for (int at = offset + FrameScanner.HEADER; at < end && buffer.getByte(at) != 0; ) {
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
