package org.pglynx.proxy.relay;

import java.util.List;
import org.pglynx.proxy.wire.Column;

/**
 * A statement that the proxy answers itself, in both protocols: prepared once, started once per
 * execution. Immutable and shared between executions.
 */
public interface LocalStatement {
  /** The result's columns, in order; none, if nothing else is said: it returns no rows. */
  default List<Column> columns() {
    return List.of();
  }

  /**
   * Type OIDs of {@code $1}, {@code $2}, …, as ParameterDescription reports them; none, if nothing
   * else is said.
   */
  default int[] parameterTypes() {
    return new int[0];
  }

  /** Whether it runs in a transaction that has failed, too, as what ends one does. */
  default boolean runsInFailed() {
    return false;
  }

  /** What of it is UTF-8. */
  default Texts texts() {
    return Texts.ANY;
  }

  /**
   * Starts an execution. Called on the session's event loop: anything that takes longer than some
   * microseconds goes to an executor. The execution must end with exactly one {@link
   * AnswerContext#complete} or {@link AnswerContext#fail}, possibly before this method returns.
   *
   * @return what stops the execution when the client cancels or leaves
   */
  Cancellable start(Arguments arguments, AnswerContext context);
}
