package org.pglynx.proxy.cluster;

import java.util.Arrays;

/**
 * Which servers are to be used, as indices into the shard's list: immutable, and made anew when
 * anything changes, so that a session's choice reads nothing else.
 *
 * @param primary the one that takes writes, or {@link #NONE}
 * @param settled whether all servers have been asked that must be, to know what they are
 * @param replicas whom reads may go to
 * @param any whom anything may go to
 */
@SuppressWarnings("ArrayRecordComponent")
record View(int primary, boolean settled, int[] replicas, int[] any) {
  /** No such server. */
  static final int NONE = -1;

  /** Before anything is known. */
  static final View EMPTY = new View(NONE, false, new int[0], new int[0]);

  /** Whether the server may be chosen. */
  boolean names(int host) {
    return host == primary || contains(replicas, host) || contains(any, host);
  }

  private static boolean contains(int[] hosts, int host) {
    for (int each : hosts) {
      if (each == host) {
        return true;
      }
    }
    return false;
  }

  /** Whether both name the same servers. */
  boolean sameAs(View other) {
    return primary == other.primary
        && settled == other.settled
        && Arrays.equals(replicas, other.replicas)
        && Arrays.equals(any, other.any);
  }
}
