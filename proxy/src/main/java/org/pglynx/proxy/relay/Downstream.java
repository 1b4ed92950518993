package org.pglynx.proxy.relay;

import io.netty.buffer.ByteBuf;
import org.pglynx.proxy.wire.PgError;

/**
 * Receives an upstream's replies, on its event loop: a client's session, or something of the
 * proxy's own that needs less.
 */
public interface Downstream {
  /** Reply bytes for the client, in order; the callee owns the buffer. */
  void onReplies(ByteBuf run);

  /** The end of what was read at once: the moment to flush. */
  default void onRepliesRead() {
    // Of no concern to a receiver that sends nothing on.
  }

  /**
   * ReadyForQuery has been passed on.
   *
   * @param status I, T or E
   */
  default void onReady(byte status) {
    // Of no concern to a receiver that reads the frames itself.
  }

  /**
   * ReadyForQuery is about to be passed on.
   *
   * @param status I, T or E
   * @return false if it has to wait for {@link Upstream#goOn}
   */
  default boolean onBeforeReady(byte status) {
    return true;
  }

  /**
   * Whether no transaction block may stay open: a ReadyForQuery that says that one is, is not
   * passed on, and {@link #onReady} sees to what the client gets.
   */
  default boolean refusesBlocks() {
    return false;
  }

  /** The last Parse announced with {@link Upstream#expect} has failed, or has been skipped. */
  default void onParseFailed() {
    // Of no concern to a receiver that prepares none.
  }

  /**
   * An error of the server passes on.
   *
   * @param frame holds it
   * @param offset where it begins
   * @param length how much of it is there
   */
  default void onServerError(ByteBuf frame, int offset, int length) {
    // Of no concern to a receiver that only passes it on.
  }

  /** All announced replies have arrived, as asked for by {@link Upstream#drain}. */
  default void onDrained() {
    // Of no concern to a receiver that never asks.
  }

  /** The server reported a parameter's new value to the client. */
  default void onParameter(String name, String value) {
    // Of no concern to a receiver whose statements change none; the upstream keeps the value.
  }

  /** More may be sent again. */
  default void onServerWritable() {
    // Of no concern to a receiver that sends little.
  }

  /**
   * The connection to the server is gone.
   *
   * @param error what to tell the client
   * @param lostSyncs how many announced Query, FunctionCall and Sync frames stay without
   *     ReadyForQuery
   * @param midReply whether the last frame has been passed on in part only
   */
  void onLost(PgError error, int lostSyncs, boolean midReply);

  /** The client has deallocated one prepared statement by SQL. */
  default void onDeallocated() {
    // Of no concern to a receiver that prepares none.
  }

  /** The client has deallocated all its prepared statements, also those that the proxy knows. */
  default void onDeallocatedAll() {
    // Of no concern to a receiver that prepares none.
  }

  /**
   * The server has refused {@link Upstream#begin}, and run nothing behind it; {@link #onLost} with
   * its error follows.
   */
  default void onBeginFailed() {
    // Of no concern to a receiver that defers none.
  }

  /** Whether a frame has been sent in part, so that the connection takes nothing but its rest. */
  default boolean midFrame() {
    return false;
  }

  /**
   * The client has run SET, RESET or DISCARD ALL, which may have given parameters the values of the
   * server's configuration.
   */
  default void onParametersReset() {
    // Of no concern to a receiver that asks the server when its transaction ends.
  }

  /**
   * A table has changed under a prepared statement: whoever prepares it again must get a new plan.
   */
  default void onPlanOutdated() {
    // Of no concern to a receiver that shares no statements.
  }
}
