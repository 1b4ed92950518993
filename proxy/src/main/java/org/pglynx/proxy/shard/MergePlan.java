package org.pglynx.proxy.shard;

import java.util.List;

/** How rows of several shards become the rows of the result. */
sealed interface MergePlan {
  /** As they come. */
  MergePlan CONCAT = new Concat();

  /** See {@link #CONCAT}. */
  record Concat() implements MergePlan {}

  /**
   * Each shard has ordered its own; the first of all comes next.
   *
   * @param keys by what; none for no order
   * @param limit how many rows at most, or negative for all
   */
  record Ordered(List<SortKey> keys, long limit) implements MergePlan {
    public Ordered {
      keys = List.copyOf(keys);
    }
  }

  /**
   * Each shard has one row, and so has the result.
   *
   * @param columns what each column is
   */
  record Fold(List<Aggregate> columns) implements MergePlan {
    public Fold {
      columns = List.copyOf(columns);
    }
  }
}
