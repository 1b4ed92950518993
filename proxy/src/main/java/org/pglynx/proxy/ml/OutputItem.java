package org.pglynx.proxy.ml;

import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.sql.FunctionCall;
import org.pglynx.proxy.sql.SelectItem;
import org.pglynx.proxy.sql.SqlTokens;

/**
 * An item of a select list that is one call and nothing more.
 *
 * @param call the call
 * @param name the column's name: the alias, else the function's name
 */
record OutputItem(FunctionCall call, String name) {
  /** The item, or null if it is more than the call with an alias. */
  static @Nullable OutputItem of(SqlTokens tokens, SelectItem item, FunctionCall call) {
    if (item.range().from() != call.range().from()) {
      return null;
    }
    int behind = call.range().to();
    int to = item.range().to();
    if (to == behind) {
      return new OutputItem(call, call.function());
    }
    if (to == behind + 1 && tokens.name(behind)) {
      return new OutputItem(call, tokens.identifier(behind));
    }
    return item.expression().to() == behind ? new OutputItem(call, item.alias()) : null;
  }

  /** Whether the statement names the column itself. */
  boolean aliased(SelectItem item) {
    return item.range().to() != call.range().to();
  }
}
