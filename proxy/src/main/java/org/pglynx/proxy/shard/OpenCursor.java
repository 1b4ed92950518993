package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Merging;

/**
 * A cursor of SQL, or a portal of the extended protocol, whose rows are those of several shards.
 *
 * <pre>
 *          DECLARE, or Execute with a limit
 *   BOUND ─────────────────────────────────► PULLED: open on each shard, whose rows are merged
 *     │                                 └──► ON ONE: open on one server, which has made the result
 *     └── Execute without a limit: its rows come at once, and nothing is kept
 * </pre>
 */
final class OpenCursor {
  private final String name;
  private final Merging how;
  private @Nullable PulledRows pulled;
  private @Nullable ShardPart one;
  private @Nullable ByteBuf description;
  private MergePlan plan = MergePlan.CONCAT;
  private int[] columns = {};
  private BitSet shards = new BitSet();
  private short @Nullable [] formats;

  /**
   * One that is bound, or being declared.
   *
   * @param how what it executes, and how the answers of several shards become one
   */
  OpenCursor(String name, Merging how) {
    this.name = name;
    this.how = how;
  }

  /** How the answers of several shards become one. */
  Merging how() {
    return how;
  }

  String name() {
    return name;
  }

  /** The query; null if it is none that only reads. */
  @Nullable GatherRun run() {
    return how instanceof GatherRun run ? run : null;
  }

  /** Whether DECLARE has made it. */
  boolean declared() {
    GatherRun own = run();
    return own != null && own.declaration() != null;
  }

  /** Whether it outlives its transaction. */
  boolean held() {
    GatherRun own = run();
    Declaration declaration = own == null ? null : own.declaration();
    return declaration != null && declaration.hold();
  }

  /** Whether nothing has been fetched from it. */
  boolean fresh() {
    return pulled == null && one == null;
  }

  /** Its rows are those of the shards, merged so. */
  void pulled(MergePlan merge, int[] types, @Nullable ByteBuf described, BitSet open) {
    plan = merge;
    columns = types;
    description = described;
    shards = open;
    GatherRun own = run();
    if (own != null && own.declaration() == null) {
      pulled = rows(own.arguments().resultFormats());
    }
  }

  private PulledRows rows(short[] asked) {
    formats = asked;
    MergePlan.Ordered ordered =
        plan instanceof MergePlan.Ordered by ? by : new MergePlan.Ordered(List.of(), -1);
    GatherRun own = run();
    long memory = own == null ? 0 : own.plan().limit();
    return new PulledRows(
        new RowOrder(ordered.keys(), columns, asked), ordered.limit(), memory, shards);
  }

  /** The rows of a portal; null if they are not merged here. */
  @Nullable PulledRows pulled() {
    return pulled;
  }

  /**
   * The rows of a cursor as FETCH asks for them; null if they have been fetched in other formats
   * before, in which some may wait.
   */
  @Nullable PulledRows pulled(short[] asked) {
    PulledRows known = pulled;
    if (known == null) {
      known = rows(asked);
      pulled = known;
      return known;
    }
    return Arrays.equals(formats, asked) ? known : null;
  }

  /** What a Query is told of its columns; null if it is not known here. */
  @Nullable ByteBuf description() {
    return description;
  }

  /** One server has its result. */
  void isOn(ShardPart part) {
    one = part;
  }

  /** The server that has its result; null if all have their parts. */
  @Nullable ShardPart one() {
    return one;
  }
}
