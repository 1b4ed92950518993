package org.pglynx.proxy.relay;

import io.netty.buffer.ByteBuf;
import org.pglynx.proxy.wire.PgError;

/**
 * The second half of a rewritten statement: the server runs other text than the client sent, and
 * its rows are transformed back on their way. Column count and order are those of the client's
 * statement. Immutable and shared between executions.
 */
public interface RowRewrite {
  /**
   * Rewrites a RowDescription body.
   *
   * @param in a whole RowDescription frame (tag and length included), not to be changed
   * @param out where the frame for the client goes
   */
  void describe(ByteBuf in, ByteBuf out);

  /**
   * Prepares one execution, for example by loading a model; answers through the callback on the
   * session's event loop, possibly before returning.
   *
   * @return what stops the preparation
   */
  Cancellable open(Arguments arguments, AnswerContext context, Callback callback);

  /** Receives what {@link #open} made; exactly one method is called, on the session's loop. */
  interface Callback {
    /** The execution may go on. */
    void opened(RowTransform transform);

    /** The execution fails with the error. */
    void failed(PgError error);
  }

  /** Transforms the rows of one execution. Called by one thread at a time, off the event loops. */
  interface RowTransform {
    /**
     * Transforms whole DataRow frames.
     *
     * @param in one or more whole DataRow frames
     * @param out where the frames for the client go
     * @throws org.pglynx.proxy.wire.PgErrorException for a row that cannot be transformed; the
     *     statement then fails with it
     */
    void rows(ByteBuf in, ByteBuf out) throws org.pglynx.proxy.wire.PgErrorException;
  }
}
