package org.pglynx.proxy.ml;

import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.PgErrorException;

/** How a prediction names its model. */
sealed interface ModelRef {
  /** The model that is deployed in the project. */
  record Project(String name) implements ModelRef {}

  /** The model itself. */
  record Id(long id) implements ModelRef {}

  /** The model of the argument model_id or project_name, null for NULL. */
  static @Nullable ModelRef of(CallValues values) throws PgErrorException {
    if (values.has("model_id")) {
      Long id = values.bigint("model_id");
      return id == null ? null : new Id(id);
    }
    String project = values.text("project_name");
    return project == null ? null : new Project(project);
  }

  /** A model id in text form. */
  static long parseId(String text) throws PgErrorException {
    try {
      return Long.parseLong(text.trim());
    } catch (NumberFormatException e) {
      throw CallValues.invalid("bigint", text).toException();
    }
  }
}
