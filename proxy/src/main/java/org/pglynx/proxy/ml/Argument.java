package org.pglynx.proxy.ml;

import org.jspecify.annotations.Nullable;

/** An argument of a call as it can be known before the statement runs. */
sealed interface Argument {
  /** The type's name as the server would show it in a signature. */
  String typeName();

  /**
   * A literal.
   *
   * @param text its value in text form, null for NULL
   * @param typeName {@code unknown} for a bare string or NULL, else the literal's or its cast's
   *     type
   */
  record Literal(@Nullable String text, String typeName) implements Argument {}

  /**
   * {@code $n}.
   *
   * @param index from 0
   * @param typeName the cast's type, else {@code unknown}
   */
  record Bound(int index, String typeName) implements Argument {}

  /** Anything else: only a server can compute it. */
  record Computed() implements Argument {
    @Override
    public String typeName() {
      return "unknown";
    }
  }
}
