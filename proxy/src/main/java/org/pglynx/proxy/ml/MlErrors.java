package org.pglynx.proxy.ml;

import org.pglynx.ml.model.MlException;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/** The engine's errors as PostgreSQL errors. */
final class MlErrors {
  private MlErrors() {}

  static PgError of(MlException e) {
    String message = e.getMessage();
    return PgError.error(state(e.kind()), message == null ? e.kind().name() : message)
        .withDetail(e.detail())
        .withHint(e.hint());
  }

  private static SqlState state(MlException.Kind kind) {
    return switch (kind) {
      case UNKNOWN_ALGORITHM, UNSUPPORTED_TASK -> SqlState.FEATURE_NOT_SUPPORTED;
      case BAD_HYPERPARAMETER, BAD_ARGUMENT, BAD_DATA, NON_FINITE, WRONG_FEATURE_COUNT ->
          SqlState.INVALID_PARAMETER;
      case NULL_LABEL, NULL_FEATURE -> SqlState.NULL_NOT_ALLOWED;
      case CANCELLED -> SqlState.QUERY_CANCELED;
      case MEMORY_BUDGET -> SqlState.OUT_OF_MEMORY;
      case QUEUE_FULL -> SqlState.TOO_MANY_CONNECTIONS;
      case MODEL_FORMAT -> SqlState.DATA_CORRUPTED;
      case INTERNAL -> SqlState.INTERNAL_ERROR;
    };
  }

  static PgError cancelled() {
    return PgError.error(SqlState.QUERY_CANCELED, "canceling statement due to user request");
  }

  static PgError invalid(String message) {
    return PgError.error(SqlState.INVALID_PARAMETER, message);
  }

  static PgError notServed(String message) {
    return PgError.error(SqlState.FEATURE_NOT_SUPPORTED, message);
  }
}
