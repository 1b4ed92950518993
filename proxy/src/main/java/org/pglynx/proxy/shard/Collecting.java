package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/** What all shards answer to the texts of one {@link Way.Collected}, up to a limit. */
final class Collecting {
  private final Way.Collected way;
  private final BitSet shards;
  private final long limit;

  /** How many texts each shard has answered. */
  private final int[] answered;

  private final List<Source> sources = new ArrayList<>();

  /** What is known of one text. */
  private static final class Source {
    private @Nullable ByteBuf description;
    private int[] types = {};
    private @Nullable CollectedRows rows;
  }

  Collecting(Way.Collected way, BitSet shards, long limit) {
    this.way = way;
    this.limit = limit;
    this.shards = shards;
    this.answered = new int[shards.length()];
    way.sources().forEach(each -> sources.add(new Source()));
  }

  void onReply(int shard, byte tag, ByteBuf buffer, int offset, int length)
      throws PgErrorException {
    switch (tag) {
      case BackendTag.ROW_DESCRIPTION ->
          described(sources.get(answered[shard]), buffer, offset, length);
      case BackendTag.DATA_ROW -> row(sources.get(answered[shard]), buffer, offset);
      case BackendTag.COMMAND_COMPLETE -> answered[shard]++;
      default -> {
        // Says nothing of rows.
      }
    }
  }

  private void described(Source source, ByteBuf buffer, int offset, int length)
      throws PgErrorException {
    ByteBuf known = source.description;
    if (known == null) {
      source.description = Unpooled.copiedBuffer(buffer.slice(offset, length));
      int[] all = Executions.types(buffer, offset);
      source.types = Arrays.copyOf(all, all.length - 1);
      source.rows = new CollectedRows(source.types.length, way.wholeRows());
    } else if (!Descriptions.same(known, buffer.slice(offset, length))) {
      throw PgError.error(
              SqlState.INTERNAL_ERROR, "the shards do not answer alike: columns of a table differ")
          .withHint("Their schemas must be the same.")
          .toException();
    }
  }

  private void row(Source source, ByteBuf buffer, int offset) throws PgErrorException {
    CollectedRows rows = source.rows;
    if (rows != null) {
      rows.add(buffer, offset);
    }
    long bytes = 0;
    for (Source each : sources) {
      bytes += each.rows == null ? 0 : each.rows.bytes();
    }
    if (bytes > limit) {
      throw PgError.error(
              SqlState.LIMIT_EXCEEDED,
              "the rows of all shards take more than max_merge_memory (" + limit + " bytes)")
          .withHint("Have the statement need fewer rows, or raise max_merge_memory of the pool.")
          .toException();
    }
  }

  /** Whether all shards have answered all. */
  boolean complete() {
    return shards.stream().allMatch(shard -> answered[shard] == sources.size());
  }

  /** Types of the columns of each text. */
  List<int[]> types() {
    return sources.stream().map(source -> source.types).toList();
  }

  /** What has been collected, as values of parameters. */
  List<ByteBuf> texts() {
    List<ByteBuf> texts = new ArrayList<>();
    for (Source source : sources) {
      CollectedRows rows = source.rows;
      if (rows != null) {
        texts.addAll(rows.texts());
      }
    }
    return texts;
  }
}
