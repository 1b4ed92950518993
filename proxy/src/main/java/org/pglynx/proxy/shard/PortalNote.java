package org.pglynx.proxy.shard;

import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Merging;

/**
 * Which portal the frame that is announced next is about.
 *
 * @param portal its name
 * @param limit how many rows Execute asks for at most; 0 for all
 * @param how the answers become one, for Bind; null for other frames, and for one shard
 */
record PortalNote(String portal, int limit, @Nullable Merging how) implements Merging {
  /** What is meant by the frame, whatever its portal is. */
  static @Nullable Merging of(@Nullable Merging given) {
    return given instanceof PortalNote note ? note.how() : given;
  }

  @Override
  public boolean returnsRows() {
    Merging own = how;
    return own != null && own.returnsRows();
  }

  @Override
  public boolean widens() {
    Merging own = how;
    return own != null && own.widens();
  }
}
