package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/** The rows that an UPDATE of their key has taken from their shards, by the shard they come to. */
final class MoveRows {
  private final MoveRun run;
  private final List<MoveText.Column> carried;
  private final Map<Integer, CollectedRows> byShard = new TreeMap<>();
  private int @Nullable [] types;

  MoveRows(MoveRun run, List<MoveText.Column> carried) {
    this.run = run;
    this.carried = carried;
  }

  /** The shards that rows come to. */
  BitSet shards() {
    BitSet shards = new BitSet();
    byShard.keySet().forEach(shards::set);
    return shards;
  }

  /** Types of the carried columns; none if no shard has told. */
  int[] types() {
    int[] known = types;
    return known == null ? new int[carried.size()] : known;
  }

  /** A shard tells the types of its columns, the settings' behind them. */
  void described(int[] told) {
    if (types == null) {
      types = told;
    }
  }

  /** Arrays of the rows that come to the shard. */
  List<ByteBuf> texts(int shard) {
    return of(shard).texts();
  }

  private CollectedRows of(int shard) {
    return byShard.computeIfAbsent(shard, none -> new CollectedRows(carried.size(), false));
  }

  /** A DataRow. */
  void add(ByteBuf buffer, int offset) throws PgErrorException {
    of(shard(buffer, offset)).add(buffer, offset);
    long bytes = byShard.values().stream().mapToLong(CollectedRows::bytes).sum();
    if (bytes > run.move().limit()) {
      throw PgError.error(
              SqlState.LIMIT_EXCEEDED,
              "the rows to be moved take more than max_merge_memory (%d bytes)"
                  .formatted(run.move().limit()))
          .withHint("Move fewer rows at once, or raise max_merge_memory of the pool.")
          .toException();
    }
  }

  private int shard(ByteBuf buffer, int offset) throws PgErrorException {
    if (!run.later().isEmpty()) {
      return run.later().nextSetBit(0);
    }
    ShardedTable table = run.move().text().table();
    List<KeyValue> key = new ArrayList<>();
    for (int i = 0; i < table.columns().size(); i++) {
      KeyTerm term = run.move().key().get(i);
      KeyValue value =
          term == null
              ? value(table, i, buffer, offset)
              : term.value(table.types().get(i), run.arguments());
      if (value == null) {
        throw PgError.error(
                SqlState.NOT_NULL_VIOLATION,
                "null value in the sharding key column \"%s\" of the table \"%s\""
                    .formatted(table.columns().get(i), table.name()))
            .withHint("A row without a key has no shard.")
            .toException();
      }
      key.add(value);
    }
    int shard = table.function().shard(key);
    if (shard == ShardFunction.NOWHERE) {
      throw PgError.error(
              SqlState.CHECK_VIOLATION,
              "no shard of the table \"" + table.name() + "\" takes the key")
          .toException();
    }
    return shard;
  }

  private @Nullable KeyValue value(ShardedTable table, int column, ByteBuf buffer, int offset)
      throws PgErrorException {
    KeyType type = table.types().get(column);
    int at = offset + FrameScanner.HEADER + Short.BYTES;
    for (int i = 0; i < carried.size(); i++) {
      int length = buffer.getInt(at);
      at += Integer.BYTES;
      if (carried.get(i).name().equals(table.columns().get(column))) {
        if (!type.takes(types()[i])) {
          throw PgError.error(
                  SqlState.FEATURE_NOT_SUPPORTED,
                  "the sharding key is changed to a value of another type than " + type.sqlName())
              .withHint("Cast the value to the type of the column.")
              .toException();
        }
        if (length < 0) {
          return null;
        }
        KeyValue value = type.ofText(buffer.toString(at, length, StandardCharsets.UTF_8));
        boolean changed = run.move().text().computed().containsKey(table.columns().get(column));
        return changed ? type.stored(value) : value;
      }
      at += Math.max(length, 0);
    }
    throw PgError.error(
            SqlState.UNDEFINED_COLUMN,
            "column \"%s\" of relation \"%s\" does not exist"
                .formatted(table.columns().get(column), table.name()))
        .toException();
  }
}
