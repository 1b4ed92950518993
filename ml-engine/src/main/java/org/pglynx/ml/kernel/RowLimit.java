package org.pglynx.ml.kernel;

import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;

/** How many rows algorithms take whose time or memory grows with the square of them, or faster. */
final class RowLimit {
  private RowLimit() {}

  /**
   * Refuses more rows, before anything is allocated for them.
   *
   * @param instead algorithms that take more, quoted
   */
  static void check(TrainingTable table, int most, String instead) {
    if (table.rows() > most) {
      throw new MlException(
          Kind.BAD_DATA,
          "algorithm \"%s\" learns from at most %d rows, but there are %d"
              .formatted(table.info().algorithm(), most, table.rows()),
          "Train on a sample of the rows (a view with a WHERE clause), or use %s."
              .formatted(instead));
    }
  }
}
