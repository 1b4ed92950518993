package org.pglynx.proxy.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import java.util.function.Predicate;
import org.pglynx.proxy.relay.Notification;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/** Notifications that wait until their client may get them, and how much memory they take. */
final class NotificationQueue {
  /** More than this does not wait for one client. */
  static final int MAX_BYTES = 4 << 20;

  /** What a waiting notification costs besides its text. */
  private static final int OVERHEAD = 64;

  private record Waiting(int pid, Notification notification) {}

  private final ArrayDeque<Waiting> queue = new ArrayDeque<>();
  private int bytes;

  boolean isEmpty() {
    return queue.isEmpty();
  }

  /**
   * One more.
   *
   * @param pid of whom the client is told that it has notified
   */
  void add(int pid, Notification notification) {
    queue.add(new Waiting(pid, notification));
    bytes += size(notification);
  }

  /** Drops those of the channels. */
  void drop(Predicate<String> unwanted) {
    queue.removeIf(waiting -> {
      boolean goes = unwanted.test(waiting.notification().channel());
      bytes -= goes ? size(waiting.notification()) : 0;
      return goes;
    });
  }

  /** All of them as NotificationResponse; none waits any more. */
  ByteBuf take(ByteBufAllocator allocator) {
    ByteBuf out = allocator.buffer(bytes);
    moveTo(out);
    return out;
  }

  /** Appends all of them as NotificationResponse; none waits any more. */
  void moveTo(ByteBuf out) {
    for (Waiting next = queue.poll(); next != null; next = queue.poll()) {
      int mark = FrameWriter.begin(out, BackendTag.NOTIFICATION);
      out.writeInt(next.pid()).writeBytes(next.notification().text());
      FrameWriter.finish(out, mark);
    }
    bytes = 0;
  }

  void clear() {
    queue.clear();
    bytes = 0;
  }

  /** Whether more wait than may. */
  boolean tooLong() {
    return bytes > MAX_BYTES;
  }

  /** What the client is told whose notifications are {@link #tooLong}. */
  PgError tooSlow() {
    return PgError.fatal(
            SqlState.LIMIT_EXCEEDED,
            "terminating connection because it does not take its notifications")
        .withDetail(queue.size() + " notifications with " + bytes + " bytes wait for it.")
        .withHint("Read from the connection at all times, and keep transactions short.");
  }

  private static int size(Notification notification) {
    return notification.text().length + OVERHEAD;
  }
}
