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
  private final @Nullable CellType[] types;

  RowOrder(List<SortKey> keys, int[] types, short[] formats) {
    this.keys = keys;
    this.types = new CellType[keys.size()];
    for (int i = 0; i < keys.size(); i++) {
      this.types[i] = CellType.at(types, formats, keys.get(i).column());
    }
  }

  /** Whether any order will do. */
  boolean none() {
    return keys.isEmpty();
  }

  /** What the row is compared by. */
  List<@Nullable Comparable<?>> of(ByteBuf buffer, int offset) throws PgErrorException {
    List<@Nullable Comparable<?>> values = new ArrayList<>(keys.size());
    for (int i = 0; i < keys.size(); i++) {
      CellType type = types[i];
      if (type == null) {
        throw undescribed();
      }
      byte[] cell = Cells.of(buffer, offset, keys.get(i).column());
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
