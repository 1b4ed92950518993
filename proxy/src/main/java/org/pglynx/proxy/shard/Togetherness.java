package org.pglynx.proxy.shard;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Together} that is found when it is asked for first: a statement that its keys lead to
 * one shard never needs it, and most of these are seen once, with another key in the text each
 * time. Used by all threads; two that ask at once find the same.
 */
final class Togetherness {
  private final Supplier<Together> finder;
  private volatile @Nullable Together found;

  Togetherness(Supplier<Together> finder) {
    this.finder = finder;
  }

  /** One that is known. */
  static Togetherness of(Together known) {
    return new Togetherness(() -> known);
  }

  Together get() {
    Together known = found;
    if (known == null) {
      known = finder.get();
      found = known;
    }
    return known;
  }
}
