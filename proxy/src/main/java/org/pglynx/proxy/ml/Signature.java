package org.pglynx.proxy.ml;

import java.util.List;
import org.pglynx.proxy.wire.Column;

/**
 * A function of schema pgml that runs inside the proxy and returns one row.
 *
 * @param function its name
 * @param parameters its parameters in order
 * @param columns the columns of its row
 */
record Signature(String function, List<Parameter> parameters, List<Column> columns) {
  /**
   * A parameter.
   *
   * @param name its name
   * @param type its type
   * @param required whether it has no default
   */
  record Parameter(String name, ArgumentType type, boolean required) {
    static Parameter required(String name, ArgumentType type) {
      return new Parameter(name, type, true);
    }

    static Parameter optional(String name, ArgumentType type) {
      return new Parameter(name, type, false);
    }
  }

  /** Index of the parameter, or -1. */
  int indexOf(String name) {
    for (int i = 0; i < parameters.size(); i++) {
      if (parameters.get(i).name().equals(name)) {
        return i;
      }
    }
    return -1;
  }
}
