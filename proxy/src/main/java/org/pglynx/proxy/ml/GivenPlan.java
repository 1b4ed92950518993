package org.pglynx.proxy.ml;

import java.util.List;
import org.pglynx.proxy.relay.LocalStatement;
import org.pglynx.proxy.sql.TextPositions;

/**
 * A statement of the server with rows that the proxy gives.
 *
 * @param text the statement
 * @param statements what gives the rows, one for each call
 * @param positions where the characters of the text of a Parse stand in the client's
 */
record GivenPlan(GivenText text, List<LocalStatement> statements, TextPositions positions) {
  /** Copies the list. */
  GivenPlan {
    statements = List.copyOf(statements);
  }
}
