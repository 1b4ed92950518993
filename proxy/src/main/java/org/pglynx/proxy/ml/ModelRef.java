package org.pglynx.proxy.ml;

import org.pglynx.proxy.wire.PgErrorException;

/** How a prediction names its model. */
sealed interface ModelRef {
  /** The model that is deployed in the project. */
  record Project(String name) implements ModelRef {}

  /** The model itself. */
  record Id(long id) implements ModelRef {}

  /** A model id in text form. */
  static long parseId(String text) throws PgErrorException {
    try {
      return Long.parseLong(text.trim());
    } catch (NumberFormatException e) {
      throw CallValues.invalid("bigint", text).toException();
    }
  }
}
