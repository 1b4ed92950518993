package org.pglynx.proxy.backend;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves a channel to another event loop.
 *
 * <pre>
 *   former loop:  not read ─▶ deregister … ─▶ (its handler has returned)
 *   next loop:                                  ├▶ register ─▶ arrived
 *                                               └▶ (it is ending) ─▶ closed, not arrived
 * </pre>
 *
 * <p>A channel that has not come in time is closed and has not arrived: whatever was the cause, who
 * counts on it would wait for ever.
 */
final class LoopMove {
  /** Hears of the end of a move, on the next loop, where the channel is not read yet. */
  @FunctionalInterface
  interface Arrival {
    void arrived(boolean registered);
  }

  private static final Logger LOG = LoggerFactory.getLogger(LoopMove.class);

  /** A move takes microseconds; a loop that is held up for longer is no reason to give up. */
  private static final long PATIENCE_SECONDS = 5;

  private final Channel moving;
  private final EventLoop next;
  private final Arrival arrival;

  /** Set before the channel leaves, so the next loop sees it. */
  private @Nullable Future<?> watch;

  /** On the next loop only. */
  private boolean over;

  private LoopMove(Channel moving, EventLoop next, Arrival arrival) {
    this.moving = moving;
    this.next = next;
    this.arrival = arrival;
  }

  /** Begins the move of a channel that nothing is being written to; called on its loop. */
  static void begin(Channel moving, EventLoop next, Arrival arrival) {
    new LoopMove(moving, next, arrival).leave();
  }

  /** On the next loop. */
  private void overdue() {
    if (!over) {
      over = true;
      LOG.warn("a server connection was lost between two event loops and is closed: {}", moving);
      shut();
      moving.close();
      arrival.arrived(false);
    }
  }

  /** On the next loop. */
  private void end(boolean registered) {
    if (!over) {
      over = true;
      if (watch != null) {
        watch.cancel(false);
      }
      arrival.arrived(registered);
    } else if (registered) {
      moving.close();
    }
  }

  private void leave() {
    // With a read under way an io_uring channel (Netty 4.2.18) would read on in its former loop for
    // ever: the end of a canceled read begins the next one if the channel is to be read.
    moving.config().setAutoRead(false);
    watch();
    EventLoop former = moving.eventLoop();
    if (!moving.isOpen()) {
      // Closed a moment ago, of which its handlers hear next. An io_uring channel (Netty 4.2.18)
      // would not end its deregistration, as it has none that is valid.
      former.execute(() -> left(false));
      return;
    }
    // Not at once: an io_uring channel says that it has left before its handler is done with it,
    // and the next loop would change what the former one still looks at.
    moving
        .deregister()
        .addListener(left -> {
          boolean deregistered = left.isSuccess();
          if (!runs(former, () -> left(deregistered))) {
            left(false);
          }
        });
  }

  private void watch() {
    try {
      watch = next.schedule(this::overdue, PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (RejectedExecutionException _) {
      // It has ended, and nobody there counts on anything.
    }
  }

  private void left(boolean deregistered) {
    if (!runs(next, deregistered ? this::enter : this::miss)) {
      shut();
    }
  }

  /** On the next loop, which cannot begin to end between the question and the registration. */
  private void enter() {
    if (next.isShuttingDown()) {
      miss();
    } else {
      next.register(moving).addListener(registered -> end(registered.isSuccess()));
    }
  }

  private void miss() {
    shut();
    end(false);
  }

  /**
   * Ends a connection that has no loop. An io_uring channel would have the one that it has left
   * close its descriptor, and so never be closed (AbstractIoUringChannel.doClose).
   */
  private void shut() {
    if (moving.isRegistered()) {
      return;
    }
    if (moving instanceof UnixChannel unix) {
      try {
        unix.fd().close();
      } catch (IOException _) {
        // What could not be closed is not open.
      }
    }
    moving.unsafe().closeForcibly();
  }

  /** Whether the loop will run it: not once it has ended. */
  private static boolean runs(EventLoop loop, Runnable task) {
    try {
      loop.execute(task);
      return true;
    } catch (RejectedExecutionException _) {
      return false;
    }
  }
}
