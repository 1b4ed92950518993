package org.pglynx.proxy.shard;

import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Merging;

/**
 * One execution that is merged.
 *
 * @param plan how
 * @param formats result format codes as in Bind; empty means all text
 * @param failed hears that the rows could not be merged so
 * @param writes whether it must have worked on all, or on none
 * @param returnsRows whether it gives rows
 * @param split what each shard gets of it; null if all get all
 */
record MergeRun(
    MergePlan plan,
    short[] formats,
    Runnable failed,
    boolean writes,
    boolean returnsRows,
    @Nullable Split split)
    implements Merging {
  private static final Runnable NOTHING = () -> {};

  /** One that only reads. */
  MergeRun(MergePlan plan, short[] formats) {
    this(plan, formats, NOTHING);
  }

  /** The same, of which somebody hears if it fails. */
  MergeRun(MergePlan plan, short[] formats, Runnable failed) {
    this(plan, formats, failed, false, true, null);
  }

  @Override
  public boolean widens() {
    return !writes;
  }

  /** One that writes the same everywhere. */
  static MergeRun writing(MergePlan plan, short[] formats, boolean returnsRows) {
    return new MergeRun(plan, formats, NOTHING, true, returnsRows, null);
  }

  /** One of which each shard gets a part. */
  static MergeRun splitting(MergePlan plan, short[] formats, boolean returnsRows, Split split) {
    return new MergeRun(plan, formats, NOTHING, true, returnsRows, split);
  }
}
