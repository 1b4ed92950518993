package org.pglynx.ml.model;

/** A cancel token with the switch that cancels it; the switch never goes back. */
public final class CancelSource implements CancelToken {
  private volatile boolean cancelled;

  /** Cancels; may be called from any thread, any number of times. */
  public void cancel() {
    cancelled = true;
  }

  @Override
  public boolean cancelled() {
    return cancelled;
  }
}
