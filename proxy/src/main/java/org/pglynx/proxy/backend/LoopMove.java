package org.pglynx.proxy.backend;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;

/**
 * Moves a channel to another event loop.
 *
 * <pre>
 *   former loop:  not read ─▶ deregister … ─▶ (its handler has returned) ─▶ register
 *   next loop:                                                                └▶ arrived
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
    moving.deregister().addListener(left -> former.execute(() -> left(left.isSuccess())));
  }

  private void left(boolean deregistered) {
    if (deregistered) {
      next.register(moving).addListener(registered -> arrived(registered.isSuccess()));
    } else {
      arrived(false);
    }
  }

  private void arrived(boolean registered) {
    if (next.inEventLoop()) {
      arrival.arrived(registered);
    } else {
      next.execute(() -> arrival.arrived(registered));
    }
  }
}
