package org.pglynx.proxy.relay;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.Formats;
import org.pglynx.proxy.wire.PgError;

/**
 * The second half of a rewritten statement: the server runs other text than the client sent, and
 * its rows are transformed back on their way. Column count and order are those of the client's
 * statement, but for hidden columns behind them. Immutable and shared between executions.
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
   * The same rewriting of a statement that the client has sent as a Query: all its columns are text
   * then, but the server may be asked for others, see {@link #serverFormats}.
   */
  default RowRewrite ofQuery() {
    return this;
  }

  /**
   * The same rewriting of a portal of which the client wants all columns in text, where the server
   * is better asked for others, see {@link #serverFormats}.
   */
  default RowRewrite ofText() {
    return this;
  }

  /**
   * The format codes, one for each column, that the server is asked for when {@link #ofQuery} or
   * {@link #ofText} is sent; none if a Query is sent as one, and a Bind with the client's formats.
   */
  default short[] serverFormats() {
    return Formats.ALL_TEXT;
  }

  /** How many columns the server's rows have behind those that the client sees. */
  default int hiddenColumns() {
    return 0;
  }

  /** What of the statement and its rows is UTF-8. */
  default Texts texts() {
    return Texts.ANY;
  }

  /**
   * The place in the client's text of a character of the server's text, as errors tell it.
   *
   * @param position counts characters from 1, as the result
   */
  int position(int position);

  /**
   * What the client is told instead of an error of the server that the rewriting has brought about.
   *
   * @param position the error's place in the server's text
   * @return null if the server's words say it
   */
  default @Nullable PgError told(PgError error, int position) {
    return null;
  }

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

  /**
   * A text that is made for one execution of a Query.
   *
   * @param sql the text
   * @param rewrite how its reply is turned back
   */
  record OneQuery(String sql, RowRewrite rewrite) {}

  /** Transforms the rows of one portal. Called by one thread at a time. */
  interface RowTransform {
    /**
     * Transforms whole frames, off the event loops.
     *
     * @param in one or more whole DataRow frames, or CopyData ones
     * @param out where the frames for the client go
     * @throws org.pglynx.proxy.wire.PgErrorException for a row that cannot be transformed; the
     *     statement then fails with it
     */
    void rows(ByteBuf in, ByteBuf out) throws org.pglynx.proxy.wire.PgErrorException;

    /** What a Query is sent as instead of the rewritten text, or null. */
    default @Nullable OneQuery query() {
      return null;
    }

    /**
     * The server has sent its last row. On the event loop.
     *
     * @param complete the server's CommandComplete, a whole frame
     * @param out where more rows go, and the end of the reply for the client
     */
    default void finish(ByteBuf complete, ByteBuf out) {
      out.writeBytes(complete, complete.readerIndex(), complete.readableBytes());
    }

    /**
     * Whether all rows are collected before the client gets the first: then the server is never
     * told a limit of rows, and what the limit leaves over is fetched by {@link #fetch}.
     */
    default boolean collects() {
      return false;
    }

    /** How many rows {@link #finish} may write at most; 0 for all. Only if it collects. */
    default void limit(int rows) {
      throw new UnsupportedOperationException();
    }

    /** Whether rows are left over: they are fetched without the server. */
    default boolean suspended() {
      return false;
    }

    /** Writes the next rows, at most so many (0 for all), and the end of the reply. */
    default void fetch(int rows, ByteBuf out) {
      throw new UnsupportedOperationException();
    }
  }
}
