package org.pglynx.proxy.ml;

import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/** Values that an enum of schema pgml does not have, as enum_in words it. */
final class EnumErrors {
  private EnumErrors() {}

  static PgError invalid(String type, String value, String known) {
    return PgError.error(
            SqlState.INVALID_TEXT,
            "invalid input value for enum pgml.%s: \"%s\"".formatted(type, value))
        .withHint("Known are: " + known + ".");
  }
}
