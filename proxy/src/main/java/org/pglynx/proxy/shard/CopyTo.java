package org.pglynx.proxy.shard;

import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.ShardRoute;
import org.pglynx.proxy.relay.Shards;

/**
 * COPY TO STDOUT of what is on several shards: the data of one behind that of the other, with one
 * header; or what one server makes of the rows of all.
 *
 * @param rows what is copied
 * @param layout how rows are laid out
 * @param words what stands behind the query, if one server may be given another one; else empty
 */
record CopyTo(Plan.Keyed rows, CopyLayout layout, String words) implements Plan {
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
    if (asTheyCome) {
      return new ShardRoute.To(
          to.servers(), new MergeRun(new MergePlan.Copied(layout), arguments.resultFormats()));
    }
    if (to.how() instanceof GatherRun run && !words.isEmpty()) {
      GatherRun copying = run.copying(new CopyOut(words));
      if (!copying.plan().ways().isEmpty()) {
        return new ShardRoute.To(to.servers(), copying);
      }
    }
    return Plan.unproven("COPY of such a query is not served");
  }
}
