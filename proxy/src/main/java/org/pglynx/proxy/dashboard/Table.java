package org.pglynx.proxy.dashboard;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of a statement.
 *
 * @param columns none if it gives no rows
 * @param rows their values as text
 * @param tag what was done
 * @param more whether there are more rows than were asked for
 */
record Table(List<Field> columns, List<List<@Nullable String>> rows, String tag, boolean more) {
  /**
   * One column.
   *
   * @param type the oid of its type
   */
  record Field(String name, int type) {}

  /** The value of the first row's first column, or null. */
  @Nullable String value() {
    return rows.isEmpty() ? null : rows.getFirst().getFirst();
  }
}
