package org.pglynx.proxy.sql;

import java.util.List;

/**
 * A call of a schema-qualified function, as token ranges.
 *
 * @param function the function's name without the schema, folded
 * @param range from the schema's name through the closing parenthesis
 * @param arguments the arguments in order
 */
public record FunctionCall(String function, TokenRange range, List<CallArgument> arguments) {
  /**
   * One argument.
   *
   * @param name its name if the call names it, else empty
   * @param value the tokens of its value
   */
  public record CallArgument(String name, TokenRange value) {
    /** Whether the call names it. */
    public boolean named() {
      return !name.isEmpty();
    }
  }
}
