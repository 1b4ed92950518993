package org.pglynx.proxy.shard;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.Oid;

/** Aggregates whose values for parts of the rows make up that for all. */
enum Aggregate {
  /** How many; a sum of the parts' numbers. */
  COUNT,
  /** The sum. */
  SUM,
  /** The least. */
  MIN,
  /** The greatest. */
  MAX,
  /** Whether all are true. */
  BOOL_AND,
  /** Whether one is true. */
  BOOL_OR;

  /** Whether values of the type are folded in the proxy. */
  boolean folds(int type) {
    return switch (this) {
      case COUNT, SUM -> type == Oid.INT8 || type == Oid.NUMERIC;
      case MIN, MAX -> CellType.compares(type);
      case BOOL_AND, BOOL_OR -> type == Oid.BOOL;
    };
  }

  /** The aggregate of the name, or null. */
  static @Nullable Aggregate of(String name) {
    if (name.equals("every")) {
      return BOOL_AND;
    }
    for (Aggregate each : values()) {
      if (each.name().toLowerCase(Locale.ROOT).equals(name)) {
        return each;
      }
    }
    return null;
  }
}
