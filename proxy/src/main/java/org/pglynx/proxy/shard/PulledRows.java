package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/**
 * Rows of a cursor on several shards, of which each gives some when it is asked. What is asked for
 * is what must be known to say which row comes next: so no more is kept than the answers of one
 * round.
 */
final class PulledRows {
  private static final int MAX_ROWS = 256;

  private record Row(byte[] frame, List<@Nullable Comparable<?>> keys) {}

  private static final class Source {
    private final ArrayDeque<Row> rows = new ArrayDeque<>();
    private boolean exhausted;
  }

  private final RowOrder order;
  private final long limit;
  private final long memory;
  private final BitSet shards;
  private final Map<Integer, Source> sources = new HashMap<>();
  private long taken;
  private long bytes;
  private long averageBytes;

  /**
   * Nothing yet.
   *
   * @param limit how many rows there are at most; negative for no limit
   * @param memory how many bytes may be kept
   */
  PulledRows(RowOrder order, long limit, long memory, BitSet shards) {
    this.order = order;
    this.limit = limit;
    this.memory = memory;
    this.shards = shards;
    shards.stream().forEach(shard -> sources.put(shard, new Source()));
  }

  private Source source(int shard) {
    Source source = sources.get(shard);
    if (source == null) {
      throw new IllegalStateException("the cursor is not on shard " + shard);
    }
    return source;
  }

  /** A row that the shard has given. */
  void add(int shard, ByteBuf buffer, int offset, int length) throws PgErrorException {
    Row row = new Row(ByteBufUtil.getBytes(buffer, offset, length), order.of(buffer, offset));
    source(shard).rows.add(row);
    bytes += length;
    averageBytes = averageBytes == 0 ? length : (7 * averageBytes + length) / 8;
    if (bytes > memory) {
      throw PgError.error(
              SqlState.LIMIT_EXCEEDED,
              "the rows that wait for those of other shards take more than max_merge_memory ("
                  + memory
                  + " bytes)")
          .withHint("Select narrower rows, or raise max_merge_memory of the pool.")
          .toException();
    }
  }

  /** The shard has no more. */
  void exhausted(int shard) {
    source(shard).exhausted = true;
  }

  /** Whether there is no further row. */
  boolean over() {
    return limit >= 0 && taken >= limit
        || sources.values().stream().allMatch(each -> each.exhausted && each.rows.isEmpty());
  }

  /** The shards that must give more before it is known which row comes next. */
  BitSet lacking() {
    BitSet lacking = new BitSet();
    if (over() || order.none() && sources.values().stream().anyMatch(s -> !s.rows.isEmpty())) {
      return lacking;
    }
    shards.stream()
        .filter(shard -> source(shard).rows.isEmpty() && !source(shard).exhausted)
        .forEach(lacking::set);
    return lacking;
  }

  /** How many rows each of them is to be asked for, if so many are wanted at most. */
  int round(long wanted) {
    long bound = limit < 0 ? wanted : Math.min(wanted, limit - taken);
    long fitting = memory / 2 / shards.cardinality() / Math.max(averageBytes, 1);
    return (int) Math.max(1, Math.min(Math.min(bound, MAX_ROWS), fitting));
  }

  /**
   * Takes rows as far as it is known which come next.
   *
   * @param out where they go; null if they are skipped
   * @return how many
   */
  long take(long wanted, @Nullable ByteBuf out) {
    long count = 0;
    while (count < wanted && !over() && lacking().isEmpty()) {
      Row row = next();
      bytes -= row.frame().length;
      taken++;
      count++;
      if (out != null) {
        out.writeBytes(row.frame());
      }
    }
    return count;
  }

  private Row next() {
    Source first = null;
    for (Source each : sources.values()) {
      Row row = each.rows.peek();
      if (row != null && (first == null || order.before(row.keys(), first.rows.element().keys()))) {
        first = each;
      }
    }
    if (first == null) {
      throw new IllegalStateException("no row is there");
    }
    return first.rows.remove();
  }
}
