package org.pglynx.proxy.shard;

import org.pglynx.proxy.relay.Merging;

/** One execution of something that writes, in steps of the proxy's own. */
interface SteppedRun extends Merging {
  /** Whether it must have worked on all, or on none. */
  boolean writes();

  @Override
  default boolean returnsRows() {
    return false;
  }

  /**
   * Its steps.
   *
   * @param query whether its message is a Query, and not an Execute
   */
  Steps steps(ScatterGather whole, boolean query);
}
