package org.pglynx.proxy.backend;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;

/**
 * Moves a channel to another event loop.
 *
 * <pre>
 *   former loop:  not read ─▶ deregister … ─▶ (its handler has returned)
 *   next loop:                                  ├▶ register ─▶ arrived
 *                                               └▶ (it is ending) ─▶ closed, not arrived
 * </pre>
 */
final class LoopMove {
  /** Hears of the end of a move, on the next loop, where the channel is not read yet. */
  @FunctionalInterface
  interface Arrival {
    void arrived(boolean registered);
  }

  private final Channel moving;
  private final EventLoop next;
  private final Arrival arrival;

  private LoopMove(Channel moving, EventLoop next, Arrival arrival) {
    this.moving = moving;
    this.next = next;
    this.arrival = arrival;
  }

  /** Begins the move of a channel that nothing is being written to; called on its loop. */
  static void begin(Channel moving, EventLoop next, Arrival arrival) {
    new LoopMove(moving, next, arrival).leave();
  }

  private void leave() {
    // With a read under way an io_uring channel (Netty 4.2.18) would read on in its former loop for
    // ever: the end of a canceled read begins the next one if the channel is to be read.
    moving.config().setAutoRead(false);
    EventLoop former = moving.eventLoop();
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
      next.register(moving).addListener(registered -> arrival.arrived(registered.isSuccess()));
    }
  }

  private void miss() {
    shut();
    arrival.arrived(false);
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
