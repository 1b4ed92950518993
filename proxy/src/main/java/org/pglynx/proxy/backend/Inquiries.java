package org.pglynx.proxy.backend;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Inquiry;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.PgError;

/** The questions that are under way on a connection, oldest first. */
final class Inquiries {
  private final ArrayDeque<Inquiry> asked = new ArrayDeque<>(2);
  private final ArrayDeque<Runnable> over = new ArrayDeque<>(2);
  private @Nullable PgError error;

  void ask(Inquiry inquiry) {
    asked.add(inquiry);
  }

  /** A DataRow of the oldest one. */
  void row(ByteBuf buffer, int offset) {
    int at = offset + FrameScanner.HEADER;
    @Nullable String[] values = new String[buffer.getShort(at)];
    at += 2;
    for (int i = 0; i < values.length; i++) {
      int length = buffer.getInt(at);
      at += 4;
      if (length >= 0) {
        values[i] = buffer.toString(at, length, StandardCharsets.UTF_8);
        at += length;
      }
    }
    asked.element().row(values);
  }

  void failed(PgError why) {
    error = why;
  }

  /** ReadyForQuery of the oldest one. */
  void done() {
    PgError why = error;
    error = null;
    Inquiry inquiry = asked.remove();
    over.add(() -> inquiry.answered(why));
  }

  /** Tells those who asked, once the reply in hand has passed. */
  void tell() {
    for (Runnable each = over.poll(); each != null; each = over.poll()) {
      each.run();
    }
  }

  /** Nobody is there any more to be told. */
  void forgetAnswers() {
    over.clear();
  }
}
