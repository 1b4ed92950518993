package org.pglynx.proxy.relay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.concurrent.Executor;
import org.pglynx.proxy.wire.PgError;

/**
 * What an execution inside the proxy may do to its session. Methods may be called from any thread
 * unless they say otherwise; calls after the end are ignored (and buffers released).
 */
public interface AnswerContext {
  /** The session's event loop. */
  Executor loop();

  /** Where reply buffers come from. */
  ByteBufAllocator allocator();

  /** The database that the client named. */
  String database();

  /** The user that the client logged in as. */
  String user();

  /**
   * Whether the session is inside a transaction block, or in an extended-protocol batch that the
   * server has begun to work on: then {@link #servers()} hands out the caller's own connection.
   */
  boolean inTransaction();

  /**
   * Whether SET ROLE may have given the session other rights than its user has: {@link #servers()}
   * hands out the caller's own connection then, too.
   */
  boolean mayHaveRole();

  /** Server connections with the caller's rights. */
  ServerSessions servers();

  /**
   * Sends whole DataRow frames to the client, see {@link org.pglynx.proxy.wire.RowWriter}; takes
   * over the buffer. The session itself sends RowDescription where the protocol wants one.
   *
   * @param rows how many rows the buffer holds
   */
  void rows(ByteBuf frames, int rows);

  /** Sends a notice, at once. */
  void notice(PgError notice);

  /** Ends the execution well; the session sends CommandComplete with the tag. */
  void complete(String commandTag);

  /**
   * Ends the execution with an error, exactly as if the server had raised it: inside a transaction
   * the transaction is failed afterwards.
   */
  void fail(PgError error);
}
