package org.pglynx.proxy.backend;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.ErrorFields;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.FrameScanner.Verdict;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.ProtocolException;

/** Reads what the server sends to a {@link ListeningConnection}. */
final class NotificationReader implements FrameScanner.Visitor {
  /** A payload has less than 8000 bytes (async.c); errors are not much longer. */
  private static final int MAX_FRAME = 64 << 10;

  private static final int PID = FrameScanner.HEADER;
  private static final int TEXT = FrameScanner.HEADER + Integer.BYTES;

  private final ListeningConnection connection;
  private final FrameScanner scanner = new FrameScanner(this);
  private @Nullable PgError error;

  NotificationReader(ListeningConnection connection) {
    this.connection = connection;
  }

  void feed(ByteBuf run) {
    try {
      scanner.feed(run);
    } catch (ProtocolException e) {
      connection.broken();
    }
  }

  void stop() {
    scanner.stop();
  }

  @Override
  public int wanted(byte tag, int length) {
    if (length > MAX_FRAME) {
      throw new ProtocolException("a reply of " + length + " bytes to a listener");
    }
    return length;
  }

  @Override
  public Verdict onFrame(byte tag, ByteBuf buffer, int offset, int available, int length) {
    switch (tag) {
      case BackendTag.NOTIFICATION -> notification(buffer, offset, length);
      case BackendTag.ERROR -> error = ErrorFields.read(buffer, offset, length);
      case BackendTag.READY -> {
        PgError why = error;
        error = null;
        connection.done(why);
      }
      default -> {
        // Rows of settings, command tags and notices say nothing.
      }
    }
    return Verdict.DROP;
  }

  private void notification(ByteBuf buffer, int offset, int length) {
    int zero = length <= TEXT ? -1 : buffer.indexOf(offset + TEXT, offset + length, (byte) 0);
    if (zero < 0) {
      throw new ProtocolException("a notification without a channel");
    }
    byte[] text = new byte[length - TEXT];
    buffer.getBytes(offset + TEXT, text);
    connection.notified(buffer.getInt(offset + PID), text, zero - offset - TEXT);
  }

  @Override
  public void onRun(ByteBuf run) {
    run.release();
  }
}
