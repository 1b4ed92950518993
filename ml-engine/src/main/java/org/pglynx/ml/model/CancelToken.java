package org.pglynx.ml.model;

/** Asked by long computations, several times a second, whether they should stop. */
@FunctionalInterface
public interface CancelToken {
  /** A token nobody can cancel. */
  CancelToken NEVER = () -> false;

  /** Whether the work is no longer wanted. Cheap: one volatile read. */
  boolean cancelled();

  /**
   * Returns only when the work is still wanted.
   *
   * @throws MlException of kind {@link MlException.Kind#CANCELLED}
   */
  default void check() {
    if (cancelled()) {
      throw new MlException(MlException.Kind.CANCELLED, "canceling training due to user request");
    }
  }
}
