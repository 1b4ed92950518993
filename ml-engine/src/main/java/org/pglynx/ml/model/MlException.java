package org.pglynx.ml.model;

import org.jspecify.annotations.Nullable;

/**
 * The engine's only error: a closed kind for programs, and message, detail and hint in the words of
 * a Postgres error for people.
 */
public final class MlException extends RuntimeException {
  /** What went wrong; a bridge maps each kind to one SQLSTATE. */
  public enum Kind {
    /** No algorithm of that name, or one that is known but not served. */
    UNKNOWN_ALGORITHM,
    /** The algorithm or the engine does not serve the task. */
    UNSUPPORTED_TASK,
    /** A hyperparameter that the algorithm does not have, or a value it cannot take. */
    BAD_HYPERPARAMETER,
    /** Search, split or other arguments of the call that make no sense. */
    BAD_ARGUMENT,
    /** Training data that cannot be learnt from (no rows, one class, ragged arrays). */
    BAD_DATA,
    /** NULL in the label column. */
    NULL_LABEL,
    /** NULL in a feature of an algorithm without native missing values. */
    NULL_FEATURE,
    /** NaN or infinity where the algorithm needs finite numbers. */
    NON_FINITE,
    /** A row whose number of features is not the model's. */
    WRONG_FEATURE_COUNT,
    /** The run was cancelled. */
    CANCELLED,
    /** The data needs more memory than one training may use. */
    MEMORY_BUDGET,
    /** The training queue is full. */
    QUEUE_FULL,
    /** Stored bytes that are not a model this version reads. */
    MODEL_FORMAT,
    /** A failure inside a learning library. */
    INTERNAL
  }

  private final Kind kind;
  private final @Nullable String detail;
  private final @Nullable String hint;

  /** An error with a message only. */
  public MlException(Kind kind, String message) {
    this(kind, message, null, null);
  }

  /** An error with a message and what to do about it. */
  public MlException(Kind kind, String message, @Nullable String hint) {
    this(kind, message, null, hint);
  }

  /** An error with all the parts a Postgres error has. */
  public MlException(Kind kind, String message, @Nullable String detail, @Nullable String hint) {
    super(message);
    this.kind = kind;
    this.detail = detail;
    this.hint = hint;
  }

  /** An error that wraps a library's failure. */
  public MlException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.detail = null;
    this.hint = null;
  }

  /** The closed kind of this error. */
  public Kind kind() {
    return kind;
  }

  /** More about the cause, or null. */
  public @Nullable String detail() {
    return detail;
  }

  /** What to do about it, or null. */
  public @Nullable String hint() {
    return hint;
  }
}
