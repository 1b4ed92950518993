package org.pglynx.proxy.shard;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The text of a COPY FROM STDIN.
 *
 * @param sql the client's
 * @param table the table as it is named in it
 * @param behindTable where it goes on behind that name
 * @param columns the columns that it lists; null if it lists none
 */
record CopyText(String sql, String table, int behindTable, @Nullable List<String> columns) {
  /**
   * What a server is asked for the columns of, as COPY takes them: without those that are
   * generated.
   */
  String question() {
    return "SELECT attname FROM pg_catalog.pg_attribute WHERE attrelid = '"
        + table.replace("'", "''")
        + "'::pg_catalog.regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''"
        + " ORDER BY attnum";
  }

  /**
   * The text for the servers. It lists the columns also if the client's does not, so that each
   * server takes them in the same order, whatever becomes of the table meanwhile.
   */
  String listing(List<String> found) {
    if (columns != null) {
      return sql;
    }
    StringBuilder list = new StringBuilder(" (");
    for (String each : found) {
      list.append(list.length() > 2 ? ", " : "")
          .append('"')
          .append(each.replace("\"", "\"\""))
          .append('"');
    }
    return sql.substring(0, behindTable) + list + ")" + sql.substring(behindTable);
  }
}
