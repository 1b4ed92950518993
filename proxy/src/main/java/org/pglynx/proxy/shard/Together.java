package org.pglynx.proxy.shard;

import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.Merging;

/**
 * A statement on all shards at once: its rows are the result as they come, or are made it in one of
 * some ways, or it cannot be run so.
 *
 * @param gather the ways; null if it writes
 * @param obstacle why it cannot be run so; empty if it can
 * @param writes whether it must have worked on all, or on none
 * @param returnsRows whether it gives rows
 */
record Together(@Nullable GatherPlan gather, String obstacle, boolean writes, boolean returnsRows) {
  /** One that only reads. */
  Together(@Nullable GatherPlan gather, String obstacle) {
    this(gather, obstacle, false, true);
  }

  /** It cannot be run so. */
  static Together not(String obstacle) {
    return new Together(null, obstacle);
  }

  Merging run(Arguments arguments, int[] types) {
    if (writes) {
      return MergeRun.writing(MergePlan.CONCAT, arguments.resultFormats(), returnsRows);
    }
    return gather == null
        ? new MergeRun(MergePlan.CONCAT, arguments.resultFormats())
        : new GatherRun(gather, arguments, types);
  }
}
