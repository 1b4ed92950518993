package org.pglynx.proxy.shard;

import java.util.Map;

/**
 * What each shard gets of a statement.
 *
 * @param parts by shard
 */
record Split(Map<Integer, Part> parts) {
  Split {
    parts = Map.copyOf(parts);
  }

  Part of(int shard) {
    Part part = parts.get(shard);
    if (part == null) {
      throw new IllegalStateException("shard " + shard + " has no part of the statement");
    }
    return part;
  }

  /**
   * A shard's.
   *
   * @param sql with parameters of its own, and everything where it was
   * @param types of those parameters as Parse declares them
   * @param parameters which of the statement's they are, from 0
   */
  record Part(String sql, int[] types, int[] parameters) {}
}
