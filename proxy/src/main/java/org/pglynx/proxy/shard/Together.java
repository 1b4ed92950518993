package org.pglynx.proxy.shard;

import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.Merging;

/**
 * A statement on all shards at once: its rows are the result as they come, or are made it in one of
 * some ways, or it cannot be run so.
 *
 * @param gather the ways; null if rows are the result as they come
 * @param obstacle why it cannot be run so; empty if it can
 */
record Together(@Nullable GatherPlan gather, String obstacle) {
  /** Rows are the result as they come. */
  static final Together CONCATENATED = new Together(null, "");

  /** It cannot be run so. */
  static Together not(String obstacle) {
    return new Together(null, obstacle);
  }

  Merging run(Arguments arguments, int[] types) {
    return gather == null
        ? new MergeRun(MergePlan.CONCAT, arguments.resultFormats())
        : new GatherRun(gather, arguments, types);
  }
}
