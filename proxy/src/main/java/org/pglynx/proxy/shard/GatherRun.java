package org.pglynx.proxy.shard;

import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.Merging;

/**
 * One execution of a query that may take steps of its own.
 *
 * @param plan the query
 * @param arguments what is bound to its parameters
 * @param types their types as the client declared them
 * @param declaration the cursor that it opens; null if it gives its rows
 * @param copy the COPY that its rows are the data of; null if they are rows
 */
record GatherRun(
    GatherPlan plan,
    Arguments arguments,
    int[] types,
    @Nullable Declaration declaration,
    @Nullable CopyOut copy)
    implements Merging {
  /** One that gives its rows. */
  GatherRun(GatherPlan plan, Arguments arguments, int[] types) {
    this(plan, arguments, types, null, null);
  }

  /** The same, opening a cursor. */
  GatherRun declaring(Declaration cursor) {
    return new GatherRun(plan, arguments, types, cursor, null);
  }

  /** The same, giving data of a COPY: one server makes it. */
  GatherRun copying(CopyOut out) {
    return new GatherRun(plan.collecting(), arguments, types, null, out);
  }

  @Override
  public boolean returnsRows() {
    return declaration == null;
  }

  @Override
  public boolean widens() {
    return true;
  }

  /** The same as rows merged as they come, if it is known that they can be; else null. */
  @Nullable MergeRun streamed() {
    if (declaration != null || copy != null) {
      return null;
    }
    if (plan.concatenates()) {
      return streamed(MergePlan.CONCAT);
    }
    GatherPlan.Shape shape = plan.known(types);
    MergePlan merge = shape == null ? null : plan.streamed(shape.columns());
    return merge == null ? null : streamed(merge);
  }

  /** The same as rows merged as they come. */
  MergeRun streamed(MergePlan merge) {
    return new MergeRun(merge, arguments.resultFormats(), plan::forget);
  }
}
