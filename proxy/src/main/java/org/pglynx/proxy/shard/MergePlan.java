package org.pglynx.proxy.shard;

import java.util.List;

/** How rows of several shards become the rows of the result. */
sealed interface MergePlan {
  /** Whether rows with columns of these types can be merged so. */
  boolean fits(int[] types);

  /** As they come. */
  MergePlan CONCAT = new Concat();

  /** See {@link #CONCAT}. */
  record Concat() implements MergePlan {
    @Override
    public boolean fits(int[] types) {
      return true;
    }
  }

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

    @Override
    public boolean fits(int[] types) {
      return keys.stream()
          .allMatch(key -> key.column() < types.length && CellType.compares(types[key.column()]));
    }
  }

  /**
   * The data of COPY TO STDOUT, as it comes, behind one header.
   *
   * @param layout how rows are laid out
   */
  record Copied(CopyLayout layout) implements MergePlan {
    @Override
    public boolean fits(int[] types) {
      return true;
    }
  }

  /** All have the same rows, and give the same answer: the first one's will do. */
  record Same() implements MergePlan {
    @Override
    public boolean fits(int[] types) {
      return true;
    }
  }

  /** See {@link Same}. */
  MergePlan SAME = new Same();

  /**
   * Rows stand in the order in which they were given.
   *
   * @param shards of each row
   */
  record Sequence(int[] shards) implements MergePlan {
    @Override
    public boolean fits(int[] types) {
      return true;
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

    @Override
    public boolean fits(int[] types) {
      for (int i = 0; i < columns.size(); i++) {
        if (i >= types.length || !columns.get(i).folds(types[i])) {
          return false;
        }
      }
      return true;
    }
  }
}
