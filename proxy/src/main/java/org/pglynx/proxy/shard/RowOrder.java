package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/** Compares rows by some of their columns, as PostgreSQL does. */
final class RowOrder {
  private final List<SortKey> keys;
  private final int[] types;
  private final short[] formats;

  RowOrder(List<SortKey> keys, int[] types, short[] formats) {
    this.keys = keys;
    this.types = types;
    this.formats = formats;
  }

  /** Whether any order will do. */
  boolean none() {
    return keys.isEmpty();
  }

  /** What the row is compared by. */
  List<@Nullable Comparable<?>> of(ByteBuf buffer, int offset) throws PgErrorException {
    List<@Nullable Comparable<?>> values = new ArrayList<>(keys.size());
    if (keys.isEmpty()) {
      return values;
    }
    byte[] @Nullable [] cells = Cells.of(buffer, offset);
    for (SortKey key : keys) {
      CellType type = CellType.at(types, formats, key.column());
      if (type == null) {
        throw undescribed();
      }
      byte[] cell = cells[key.column()];
      values.add(cell == null ? null : type.value(cell));
    }
    return values;
  }

  static PgErrorException undescribed() {
    return PgError.error(
            SqlState.FEATURE_NOT_SUPPORTED,
            "the types of the columns are not known, so that shards cannot be merged")
        .withHint("Describe the portal before Execute.")
        .toException();
  }

  /** Whether the one row comes before the other. */
  boolean before(List<@Nullable Comparable<?>> one, List<@Nullable Comparable<?>> other) {
    for (int i = 0; i < keys.size(); i++) {
      int order = order(keys.get(i), one.get(i), other.get(i));
      if (order != 0) {
        return order < 0;
      }
    }
    return false;
  }

  private static int order(
      SortKey key, @Nullable Comparable<?> one, @Nullable Comparable<?> other) {
    if (one == null || other == null) {
      int nulls = Boolean.compare(other == null, one == null);
      return key.nullsFirst() ? nulls : -nulls;
    }
    int order = CellType.compare(one, other);
    return key.descending() ? -order : order;
  }
}
