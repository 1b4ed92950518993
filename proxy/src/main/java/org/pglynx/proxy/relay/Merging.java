package org.pglynx.proxy.relay;

/** How the answers of several servers to one execution become one answer. */
public interface Merging {
  /** Whether the execution gives rows. */
  default boolean returnsRows() {
    return true;
  }

  /** Whether the answer is the same if more shards give theirs: it only reads. */
  default boolean widens() {
    return false;
  }
}
