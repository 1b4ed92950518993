package org.pglynx.proxy.ml;

import java.util.concurrent.atomic.AtomicBoolean;

/** What a reference to a model meant for a user when it was last looked up. */
final class Deployment {
  private final ModelKey model;
  private final long checkedNanos;
  private final AtomicBoolean refreshing = new AtomicBoolean();

  Deployment(ModelKey model, long checkedNanos) {
    this.model = model;
    this.checkedNanos = checkedNanos;
  }

  ModelKey model() {
    return model;
  }

  long ageNanos(long nowNanos) {
    return nowNanos - checkedNanos;
  }

  /** True for the one caller that shall look it up again while others still use this. */
  boolean claimRefresh() {
    return refreshing.compareAndSet(false, true);
  }
}
