package org.pglynx.proxy.admin;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.Column;

/**
 * Which rows of a table are shown, and in which order.
 *
 * @param where what is asked of a row; null for nothing
 * @param order by which columns, the first being the most important
 * @param limit how many at most
 * @param offset how many are left out before
 */
record Selection(@Nullable Condition where, List<Order> order, long limit, long offset) {
  /** All of them as they come. */
  static final Selection ALL = new Selection(null, List.of(), Long.MAX_VALUE, 0);

  /**
   * One column of ORDER BY; as in Postgres NULL is the largest value.
   *
   * @param column its index
   * @param descending whether the largest come first
   * @param nullsFirst whether NULL comes first
   */
  record Order(int column, boolean descending, boolean nullsFirst) {
    int compare(Condition.Row one, Condition.Row other) {
      Object first = one.value(column);
      Object second = other.value(column);
      if (first == null || second == null) {
        int nulls = Boolean.compare(first == null, second == null);
        return nullsFirst ? -nulls : nulls;
      }
      int order = Condition.compare(first, second);
      return descending ? -order : order;
    }
  }

  /** Reads a selection once the columns of a table are known. */
  interface Clause {
    /** Whatever the columns are: all rows. */
    Clause NONE = columns -> ALL;

    /**
     * The selection.
     *
     * @throws org.pglynx.proxy.wire.PgErrorException if it cannot be made
     */
    Selection over(List<Column> columns) throws org.pglynx.proxy.wire.PgErrorException;
  }

  /** The rows that are shown. */
  <R> List<R> of(Layout<R> layout, List<R> rows) {
    if (equals(ALL)) {
      return rows;
    }
    Stream<R> shown = rows.stream();
    Condition condition = where;
    if (condition != null) {
      shown =
          shown.filter(
              row -> Boolean.TRUE.equals(condition.holds(column -> layout.value(row, column))));
    }
    if (!order.isEmpty()) {
      shown = shown.sorted(comparator(layout));
    }
    return shown.skip(offset).limit(limit).toList();
  }

  private <R> Comparator<R> comparator(Layout<R> layout) {
    return (one, other) -> {
      for (Order by : order) {
        int order =
            by.compare(column -> layout.value(one, column), column -> layout.value(other, column));
        if (order != 0) {
          return order;
        }
      }
      return 0;
    };
  }
}
