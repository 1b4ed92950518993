package org.pglynx.proxy.transport;

import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Where the costly steps of handshakes on one event loop are done: one each time that the loop has
 * read and written what there is. Many clients that come at once would otherwise keep all others
 * waiting while each of them gets its signature (0.2 to 1 ms), and their own answers would wait for
 * the last one's, as io_uring sends at the end of a turn (docs/adr/0192-a-handshake-a-turn.md).
 * Confined to the event loop.
 */
final class HandshakeTurns implements Executor {
  private final EventLoop loop;
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private boolean begun;

  HandshakeTurns(EventLoop loop) {
    this.loop = loop;
  }

  @Override
  public void execute(Runnable step) {
    waiting.add(step);
    if (!begun) {
      begun = true;
      loop.execute(this::next);
    }
  }

  private void next() {
    Runnable step = waiting.remove();
    try {
      step.run();
    } finally {
      begun = !waiting.isEmpty();
      if (begun) {
        // What is executed now would still be in this turn; what is scheduled, however soon, is
        // not.
        loop.schedule(this::next, 1, TimeUnit.NANOSECONDS);
      }
    }
  }
}
