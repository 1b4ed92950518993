package org.pglynx.ml.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.pglynx.ml.model.CancelToken;

/**
 * A cancel that comes at a certain question, and counts the questions behind it: work that stops
 * asks once more on each of its threads, and work that goes on asks thousands of times. How fast
 * the machine is does not matter.
 */
public final class CancelAtQuestion implements CancelToken {
  /** Threads that may be at work, and a few places in which each asks on its way out. */
  private static final int MOST_AFTERWARDS = 64;

  private final int question;
  private final AtomicInteger asked = new AtomicInteger();

  /** Cancels at the question of that number, from 1. */
  public CancelAtQuestion(int question) {
    this.question = question;
  }

  @Override
  public boolean cancelled() {
    return asked.incrementAndGet() >= question;
  }

  /** Fails if the work went on, or was over before the cancel. */
  public void assertStopped() {
    assertThat(asked.get()).isBetween(question, question + MOST_AFTERWARDS);
  }
}
