package org.pglynx.ml.api;

import org.pglynx.ml.model.CancelToken;

/**
 * Stops work at a time, or when all of the training is cancelled.
 *
 * @param whole asked whether the training is still wanted
 * @param atNanos by {@link System#nanoTime}
 */
record Deadline(CancelToken whole, long atNanos) implements CancelToken {
  @Override
  public boolean cancelled() {
    return whole.cancelled() || System.nanoTime() - atNanos >= 0;
  }
}
