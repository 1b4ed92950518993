package org.pglynx.proxy.shard;

import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.ShardRoute;
import org.pglynx.proxy.relay.Shards;

/**
 * COPY TO STDOUT of what is on several shards: the data of one behind that of the other, with one
 * header.
 *
 * @param rows what is copied
 * @param layout how rows are laid out
 */
record CopyTo(Plan.Keyed rows, CopyLayout layout) implements Plan {
  @Override
  public boolean needsArguments() {
    return rows.needsArguments();
  }

  @Override
  public ShardRoute anywhere(Shards shards) {
    return rows.anywhere(shards);
  }

  @Override
  public ShardRoute route(Arguments arguments, int[] types, Shards shards) {
    ShardRoute route = rows.route(arguments, types, shards);
    if (!(route instanceof ShardRoute.To to) || to.how() == null) {
      return route;
    }
    boolean asTheyCome =
        switch (to.how()) {
          case MergeRun run -> run.plan().equals(MergePlan.CONCAT);
          case GatherRun run -> run.plan().concatenates();
          case null, default -> false;
        };
    return asTheyCome
        ? new ShardRoute.To(
            to.servers(), new MergeRun(new MergePlan.Copied(layout), arguments.resultFormats()))
        : Plan.unproven("COPY of rows that are put in order, or made of several, is not served");
  }
}
