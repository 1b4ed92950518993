package org.pglynx.proxy.shard;

import java.util.List;

/**
 * A table whose rows are spread.
 *
 * @param name as configured
 * @param columns names of the key's columns
 * @param types their types
 * @param function gives a key its shard
 */
record ShardedTable(
    String name, List<String> columns, List<KeyType> types, ShardFunction function) {
  ShardedTable {
    columns = List.copyOf(columns);
    types = List.copyOf(types);
  }

  /** One of the tables that a rule for several is about, with its own name. */
  ShardedTable called(String own) {
    return new ShardedTable(own, columns, types, function);
  }

  /** Whether equal keys of both tables have the same shard. */
  boolean colocated(ShardedTable other) {
    return function.equals(other.function)
        && columns.size() == other.columns.size()
        && kinds().equals(other.kinds());
  }

  /** Types whose equal values have equal hashes are one kind. */
  private List<String> kinds() {
    return types.stream()
        .map(type ->
            switch (type) {
              case INT2, INT4, INT8 -> "whole";
              case TEXT, VARCHAR -> "text";
              case UUID -> "uuid";
              case VECTOR -> "vector";
              case REALS -> "real[]";
            })
        .toList();
  }
}
