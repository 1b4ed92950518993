package org.pglynx.proxy.shard;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One of the ways in which a query on several shards is answered. */
sealed interface Way {
  /**
   * Each shard runs the client's text, and their rows are merged as they come.
   *
   * @param plan how; it may turn out that it does not fit the types of the columns
   */
  record Streamed(MergePlan plan) implements Way {}

  /**
   * Each shard runs texts of the proxy's own, whose rows become parameters of a last text that one
   * of the servers runs: so what is left to do is done by PostgreSQL itself.
   *
   * @param sources run on each shard; their last column are the settings that texts of values
   *     depend on
   * @param wholeRows whether the rows are those of tables, each to become one value
   * @param last the text that makes the result
   */
  record Collected(List<String> sources, boolean wholeRows, LastText last) implements Way {
    public Collected {
      sources = List.copyOf(sources);
    }
  }

  /** Makes the text of the last step. */
  interface LastText {
    /**
     * The text, or null if it cannot be made of such columns.
     *
     * @param parameter number of the first parameter that holds what was collected
     * @param types of the columns of each source, without the settings
     */
    @Nullable String of(int parameter, List<int[]> types);
  }
}
