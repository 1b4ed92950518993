package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.StatementShape;
import org.pglynx.proxy.wire.Formats;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.FrontendTag;

/** What has been announced of which the answers are merged, and by which columns. */
final class Executions {
  private static final int[] NO_TYPES = {};
  private static final MergeRun AS_THEY_COME = new MergeRun(MergePlan.CONCAT, Formats.ALL_TEXT);

  /** What is executed; a Query ends with its batch only. */
  private record Execution(MergeRun run, boolean query) {}

  private final int shards;
  private final ArrayDeque<Execution> announced = new ArrayDeque<>();
  private MergeRun next = AS_THEY_COME;
  private MergeRun bound = AS_THEY_COME;
  private int[] types = NO_TYPES;
  private @Nullable RowMerger rows;
  private int count;

  Executions(int shards) {
    this.shards = shards;
  }

  /** Of the Query or Bind that comes next. */
  void merging(MergeRun run) {
    next = run;
  }

  void announced(byte tag) {
    switch (tag) {
      case FrontendTag.QUERY -> add(new Execution(takeNext(), true));
      case FrontendTag.BIND -> bound = takeNext();
      case FrontendTag.EXECUTE -> add(new Execution(bound, false));
      default -> {
        // Has no rows.
      }
    }
  }

  private void add(Execution execution) {
    announced.add(execution);
    count++;
  }

  /** Whether nothing else has been executed since the last ReadyForQuery. */
  boolean alone() {
    return count == 1;
  }

  private MergeRun takeNext() {
    MergeRun run = next;
    next = AS_THEY_COME;
    return run;
  }

  /** A statement is about to be used whose columns are known, or not. */
  void shape(@Nullable StatementShape shape) {
    types = shape == null ? NO_TYPES : types(shape.columns());
  }

  private static int[] types(byte[] columns) {
    int[] found = new int[8];
    int count = 0;
    int at = 0;
    while (at < columns.length) {
      while (columns[at] != 0) {
        at++;
      }
      found = count == found.length ? Arrays.copyOf(found, 2 * count) : found;
      found[count++] = ByteBuffer.wrap(columns).getInt(at + 1);
      at += 1 + 2 * Integer.BYTES;
    }
    return Arrays.copyOf(found, count);
  }

  /** A RowDescription is passed on. */
  void described(ByteBuf buffer, int offset) {
    int at = offset + FrameScanner.HEADER;
    int[] found = new int[buffer.getUnsignedShort(at)];
    at += Short.BYTES;
    for (int i = 0; i < found.length; i++) {
      at = buffer.indexOf(at, buffer.writerIndex(), (byte) 0) + 1;
      // Behind the table and the column in it; a length, a modifier and a format follow.
      found[i] = buffer.getInt(at + 6);
      at += 18;
    }
    types = found;
  }

  /** What makes the rows of the answer in hand; null if they pass on as they come. */
  @Nullable RowMerger rows() {
    Execution execution = announced.peek();
    if (rows == null && execution != null) {
      short[] formats = execution.run().formats();
      rows =
          switch (execution.run().plan()) {
            case MergePlan.Concat concat -> null;
            case MergePlan.Ordered ordered -> new OrderedRows(ordered, types, formats, shards);
            case MergePlan.Fold fold -> new FoldedRow(fold, types, formats, shards);
          };
    }
    return rows;
  }

  /** The answer in hand has ended. */
  void ended() {
    rows = null;
    Execution execution = announced.peek();
    if (execution != null && !execution.query()) {
      announced.remove();
    }
  }

  /** All that was announced is answered. */
  void over() {
    announced.clear();
    count = 0;
    rows = null;
  }
}
