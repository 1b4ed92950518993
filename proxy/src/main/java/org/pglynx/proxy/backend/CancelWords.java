package org.pglynx.proxy.backend;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.FrameWriter;

/**
 * A server knows only one reason for a cancel request, "due to user request". When the proxy has
 * one of its own, the client is told that; all other fields stay as the server gives them.
 */
final class CancelWords {
  private @Nullable String message;

  /** The next error of a cancelled statement reads so. */
  void are(String words) {
    message = words;
  }

  void forget() {
    message = null;
  }

  boolean pending() {
    return message != null;
  }

  /** Writes the server's ErrorResponse with the message; used up then. */
  void tell(ByteBuf buffer, int offset, int length, ByteBuf out) {
    int mark = FrameWriter.begin(out, BackendTag.ERROR);
    int at = offset + FrameScanner.HEADER;
    int end = offset + length;
    while (at < end && buffer.getByte(at) != 0) {
      int zero = buffer.indexOf(at, end, (byte) 0);
      int next = zero < 0 ? end : zero + 1;
      if (buffer.getByte(at) == 'M' && message != null) {
        out.writeByte('M').writeBytes(message.getBytes(StandardCharsets.UTF_8)).writeByte(0);
      } else {
        out.writeBytes(buffer, at, next - at);
      }
      at = next;
    }
    out.writeByte(0);
    FrameWriter.finish(out, mark);
    forget();
  }
}
