package org.pglynx.proxy.shard;

import java.util.stream.Stream;

/**
 * One place where a statement names a sharded table.
 *
 * @param table the table
 * @param alias the name that its columns are known by there
 * @param key what is known of the key of the rows that matter, column by column
 */
record TableUse(ShardedTable table, String alias, KeyNode[] key) {
  static TableUse of(ShardedTable table, String alias) {
    KeyNode[] key =
        Stream.generate(KeyNode::new).limit(table.columns().size()).toArray(KeyNode[]::new);
    return new TableUse(table, alias, key);
  }

  /** Whether the rows that matter have one of some known keys. */
  boolean keyed() {
    return Stream.of(key).allMatch(node -> node.terms() != null);
  }

  /** Whether rows of both that matter together have equal keys, and so live on one shard. */
  boolean joins(TableUse other) {
    if (!table.colocated(other.table)) {
      return false;
    }
    for (int i = 0; i < key.length; i++) {
      if (!key[i].same(other.key[i])) {
        return false;
      }
    }
    return true;
  }
}
