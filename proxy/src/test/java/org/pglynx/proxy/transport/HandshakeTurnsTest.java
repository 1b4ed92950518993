package org.pglynx.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Unit: when the costly steps of handshakes are done. */
class HandshakeTurnsTest {
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final HandshakeTurns turns = new HandshakeTurns(channel.eventLoop());
  private final List<String> done = new ArrayList<>();

  HandshakeTurnsTest() {
    // Time stands still, so that what is scheduled waits for the loop's next turn.
    channel.freezeTime();
  }

  private void turn() {
    channel.runPendingTasks();
    channel.advanceTimeBy(1, TimeUnit.NANOSECONDS);
  }

  @Test
  void each_turn_of_the_loop_has_one() {
    turns.execute(() -> done.add("first"));
    turns.execute(() -> done.add("second"));
    turns.execute(() -> done.add("third"));
    assertThat(done).as("never within the read that asks for it").isEmpty();
    turn();
    assertThat(done).containsExactly("first");
    turn();
    assertThat(done).containsExactly("first", "second");
    turn();
    assertThat(done).containsExactly("first", "second", "third");
  }

  @Test
  void one_that_comes_when_nobody_waits_is_done_in_the_same_turn() {
    turns.execute(() -> done.add("first"));
    turn();
    turns.execute(() -> done.add("later"));
    turn();
    assertThat(done).containsExactly("first", "later");
  }

  @Test
  void one_that_asks_for_another_comes_behind_those_that_wait() {
    turns.execute(() -> turns.execute(() -> done.add("further")));
    turns.execute(() -> done.add("second"));
    turn();
    turn();
    assertThat(done).containsExactly("second");
    turn();
    assertThat(done).containsExactly("second", "further");
  }

  @Test
  void one_that_fails_takes_nobodys_turn() {
    turns.execute(() -> {
      throw new IllegalStateException("a bad handshake");
    });
    turns.execute(() -> done.add("second"));
    turn();
    turn();
    assertThat(done).containsExactly("second");
  }
}
