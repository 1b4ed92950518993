package org.pglynx.proxy.shard;

import org.pglynx.proxy.relay.Merging;

/**
 * One execution that is merged.
 *
 * @param plan how
 * @param formats result format codes as in Bind; empty means all text
 * @param failed hears that the rows could not be merged so
 */
record MergeRun(MergePlan plan, short[] formats, Runnable failed) implements Merging {
  MergeRun(MergePlan plan, short[] formats) {
    this(plan, formats, () -> {});
  }
}
