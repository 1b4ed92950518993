package org.pglynx.ml.data;

import java.util.List;

/**
 * One of the example sets that {@code pgml.load_dataset} knows, with the table PostgresML makes of
 * it.
 *
 * @param name the source name, also the table's name in schema pgml
 * @param columns the table's columns
 * @param rowCount the number of rows
 */
public record BuiltInDataset(String name, List<Column> columns, int rowCount) {
  /**
   * A column of the table.
   *
   * @param name its name, unquoted
   * @param sqlType its type as CREATE TABLE takes it
   * @param source the columns of the CSV file it is made of: one, or an 8×8 image's 64
   */
  public record Column(String name, String sqlType, List<String> source) {
    static Column plain(String name, String sqlType) {
      return new Column(name, sqlType, List.of(name));
    }
  }

  /** Copies the columns. */
  public BuiltInDataset {
    columns = List.copyOf(columns);
  }

  /** The rows from the first on; the caller closes them. */
  public DatasetRows open() {
    return new DatasetRows(this);
  }
}
