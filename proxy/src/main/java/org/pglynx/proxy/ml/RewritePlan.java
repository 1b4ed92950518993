package org.pglynx.proxy.ml;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.sql.TextPositions;

/**
 * How the rows of a rewritten statement are turned back.
 *
 * @param columns the predicted columns
 * @param types of the parameters that select models and count rows; the others are the server's
 * @param top which rows are wanted, if the prediction decides on that; else null
 * @param copy how rows are written, if they come as COPY writes them; else null
 * @param serverFormats what the server is asked for where the client wants text, one code for each
 *     column: features in binary; none where the number of columns is not known
 * @param parameters whether the statement mentions parameters
 * @param positions where the statement's characters stand in the client's text
 * @param casts where it casts features
 */
record RewritePlan(
    List<PredictColumn> columns,
    int[] types,
    @Nullable Top top,
    @Nullable CopyFormat copy,
    short[] serverFormats,
    boolean parameters,
    TextPositions positions,
    FeatureCasts casts) {

  /**
   * The first rows in the order of a prediction.
   *
   * @param column index of the predicted column among the columns
   * @param hidden whether the column is the last one, and not for the client to see
   * @param clause order and numbers of rows
   */
  record Top(int column, boolean hidden, TopClause clause) {}

  /** How many columns the client does not see. */
  int hiddenColumns() {
    return top != null && top.hidden() ? 1 : 0;
  }
}
