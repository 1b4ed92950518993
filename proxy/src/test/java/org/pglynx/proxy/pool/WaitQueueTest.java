package org.pglynx.proxy.pool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.pglynx.proxy.relay.Downstream;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.relay.UpstreamProvider.Waiter;
import org.pglynx.proxy.wire.PgError;

/** Layer 2: what a loop tells the others of those who wait on it. */
class WaitQueueTest {
  private final WaitQueue queue = new WaitQueue();

  private static final class Patient implements Waiter {
    private long since;

    @Override
    public Downstream downstream() {
      throw new AssertionError("nobody is served here");
    }

    @Override
    public void onUpstream(Upstream upstream) {
      throw new AssertionError("nobody is served here");
    }

    @Override
    public void onRefused(PgError error) {
      throw new AssertionError("nobody is refused here");
    }

    @Override
    public long waitingSinceNanos() {
      return since;
    }

    @Override
    public void waitingSinceNanos(long nanos) {
      since = nanos;
    }
  }

  @Test
  void the_oldest_waiter_is_the_one_that_other_loops_see() {
    Patient first = new Patient();
    queue.add(first, 10);
    queue.add(new Patient(), 20);
    assertThat(queue.oldestSince()).isEqualTo(10);
    queue.remove(first);
    assertThat(queue.oldestSince()).isEqualTo(20);
    assertThat(queue.size()).isEqualTo(1);
  }

  @Test
  void nobody_is_told_of_an_empty_queue() {
    assertThat(queue.announce()).isFalse();
  }

  @Test
  void others_are_told_once_of_waiters_until_nobody_waits_any_more() {
    queue.add(new Patient(), 10);
    assertThat(queue.announce()).isTrue();
    queue.add(new Patient(), 20);
    assertThat(queue.announce()).isFalse();
    queue.poll();
    assertThat(queue.announce()).as("one waits still").isFalse();
    queue.drain();
    queue.add(new Patient(), 30);
    assertThat(queue.announce()).isTrue();
  }

  @Test
  void others_that_may_have_forgotten_are_told_again() {
    queue.add(new Patient(), 10);
    queue.announce();
    queue.announceAgain();
    assertThat(queue.announce()).isTrue();
  }
}
