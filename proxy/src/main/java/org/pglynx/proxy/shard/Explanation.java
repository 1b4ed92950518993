package org.pglynx.proxy.shard;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.commit.CommitPolicy;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.Lookup;
import org.pglynx.proxy.relay.Merging;
import org.pglynx.proxy.relay.ShardRoute;
import org.pglynx.proxy.relay.ShardedStatement;
import org.pglynx.proxy.relay.Shards;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.relay.UpstreamProvider;

/** Tells in words where a statement goes, and what is done with the rows of several shards. */
final class Explanation {
  /** A shard without a server. */
  private record Number(int shard) implements UpstreamProvider {
    @Override
    public @Nullable Upstream open(Waiter waiter) {
      throw new IllegalStateException("nothing is run");
    }

    @Override
    public void withdraw(Waiter waiter) {
      throw new IllegalStateException("nothing is run");
    }
  }

  private final Shards shards;
  private final List<String> lines = new ArrayList<>();

  private Explanation(Shards shards) {
    this.shards = shards;
  }

  /** What becomes of the text. */
  static List<String> of(ShardedDatabase database, int count, String sql) {
    List<Number> numbers = IntStream.range(0, count).mapToObj(Number::new).toList();
    Explanation explanation =
        new Explanation(database.on(numbers, new CommitPolicy(Runnable::run, "", null)));
    explanation.explain(sql);
    return explanation.lines;
  }

  private void explain(String sql) {
    ShardedStatement statement = shards.statement(sql);
    if (statement.needsArguments()) {
      lines.add("shard: that of the values of its parameters");
      return;
    }
    switch (statement.route(Arguments.NONE, new int[0], shards)) {
      case ShardRoute.To to when to.servers() instanceof Number number ->
          lines.add("shard: " + number.shard());
      case ShardRoute.To to -> several(to);
      case ShardRoute.Stay stay when stay.onOne() -> lines.add("shard: any one");
      case ShardRoute.Stay stay -> lines.add("shard: wherever the session is");
      case ShardRoute.Unknown unknown -> lines.add("shard: " + words(unknown.lookup()));
      case ShardRoute.Refused refused -> {
        lines.add("refused: " + refused.error().code() + " " + refused.error().message());
        String hint = refused.error().hint();
        if (hint != null) {
          lines.add("hint: " + hint);
        }
      }
    }
  }

  private static String words(Lookup lookup) {
    return lookup instanceof UnplacedKeys keys
        ? "that which its keys have in the directory " + keys.directories()
        : "looked up";
  }

  /** Those of so many. */
  static String numbers(BitSet some, int count) {
    return some.cardinality() == count
        ? "all " + count
        : some.stream().mapToObj(String::valueOf).collect(Collectors.joining(", "))
            + " of "
            + count;
  }

  private void several(ShardRoute.To to) {
    BitSet some =
        to.servers() instanceof ScatterProvider several ? several.members() : new BitSet();
    lines.add("shards: " + numbers(some, shards.count()));
    rows(to.how());
  }

  private void rows(@Nullable Merging how) {
    switch (how) {
      case CursorRun run -> lines.add("rows: those of the cursor, from each shard as they are due");
      case ExplainRun run -> {
        lines.add("rows: what each shard says of its part of");
        rows(run.query());
      }
      case MergeRun run -> lines.add("rows: " + words(run.plan()));
      case OneByOne.Run run -> lines.add("one shard after the other, without a transaction");
      case MoveRun run -> lines.add("rows: taken from their shards, and given to others");
      case CopyRun run -> lines.add("rows: each to its shard, as it comes");
      case GatherRun run -> {
        String before = "";
        for (Way way : run.plan().ways()) {
          way(way, before);
          before = "otherwise ";
        }
      }
      case null, default -> lines.add("rows: as they come");
    }
  }

  private void way(Way way, String before) {
    switch (way) {
      case Way.Streamed streamed ->
          lines.add(
              "rows: "
                  + before
                  + words(streamed.plan())
                  + (streamed.plan() instanceof MergePlan.Concat
                      ? ""
                      : ", if their types can be compared here"));
      case Way.Collected collected -> {
        lines.add("rows: " + before + words(collected));
        collected.sources().forEach(source -> lines.add("  each shard: " + source));
      }
    }
  }

  static String words(Way.Collected collected) {
    return collected.wholeRows()
        ? "of the tables are collected, on which one server runs the statement"
        : "of each shard's part are collected, of which one server makes the result";
  }

  static String words(MergePlan plan) {
    return switch (plan) {
      case MergePlan.Concat concat -> "as they come";
      case MergePlan.Ordered ordered ->
          ordered.keys().isEmpty()
              ? "as they come, " + ordered.limit() + " at most"
              : "merged in order"
                  + (ordered.limit() < 0 ? "" : ", " + ordered.limit() + " at most");
      case MergePlan.Copied copied -> "as they come, behind one header";
      case MergePlan.Same same -> "those of one shard, as all have the same";
      case MergePlan.Sequence sequence -> "in the order in which the statement gives them";
      case MergePlan.Fold fold -> "one of each shard, folded into one";
    };
  }
}
