package org.pglynx.proxy.cluster;

import java.util.Arrays;

/**
 * Which servers are to be used, as indices into the shard's list: immutable, and made anew when
 * anything changes, so that a session's choice reads nothing else.
 */
@SuppressWarnings("ArrayRecordComponent")
record View(int primary, boolean awaitsPrimary, int[] replicas, int[] any) {
  /** No such server. */
  static final int NONE = -1;

  /** Before anything is known. */
  static final View EMPTY = new View(NONE, true, new int[0], new int[0]);

  /** Whether both name the same servers. */
  boolean sameAs(View other) {
    return primary == other.primary
        && awaitsPrimary == other.awaitsPrimary
        && Arrays.equals(replicas, other.replicas)
        && Arrays.equals(any, other.any);
  }
}
