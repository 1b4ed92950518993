package org.pglynx.proxy.relay;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.PgError;

/**
 * Whatever answers a session's frames at the moment. Confined to the session's event loop.
 *
 * <p>A session announces each frame with one of the {@code expect} methods before it sends the run
 * that holds it; the upstream matches replies against these announcements, and so knows which to
 * pass on, to swallow or to make up.
 */
public interface Upstream {
  /** Announces a frame whose replies go to the client. */
  void expect(byte frontendTag);

  /** Announces a Query, Parse, Describe or Execute whose replies are rewritten. */
  void expectRewritten(
      byte frontendTag, RowRewrite rewrite, RowRewrite.@Nullable RowTransform rows);

  /**
   * Announces a Parse of a named statement that the session sends itself, rewritten, or a faked
   * reply if the server knows the statement already.
   *
   * @param rewrite how places in the text are turned back
   * @param undo run if the statement could not be prepared
   * @return whether the Parse must be sent
   */
  boolean expectParse(ServerStatement statement, RowRewrite rewrite, Runnable undo);

  /** Hears what becomes of a client's Parse. */
  interface Parsing {
    /** It has failed, or was skipped. */
    void failed();

    /**
     * The server has told what the statement takes and returns.
     *
     * @return the statement by which the client's name is known from now on
     */
    ServerStatement described(StatementShape shape);
  }

  /** Sends a client's Parse of a statement that no server knows yet, and asks for its shape. */
  void parse(ServerStatement statement, Parsing parsing);

  /** Makes the server know the statement, ahead of a Bind or Describe that uses it. */
  void ensurePrepared(ServerStatement statement);

  /**
   * As {@link #ensurePrepared}; the server describes it, too, so that {@link #verified} may hold.
   */
  void verify(ServerStatement statement);

  /** Whether the server knows the statement, and has described it as servers did before. */
  boolean verified(ServerStatement statement);

  /** As {@link #ensurePrepared}, ahead of a Query; a batch of its own. */
  void ensurePreparedForQuery(Iterable<ServerStatement> statements);

  /** The client's SQL has deallocated the statement. */
  void deallocated(ServerStatement statement);

  /**
   * Parses an unnamed statement again, ahead of a Bind or Describe that uses it.
   *
   * @param definition the body of Parse after the name
   * @param undo runs if it could not be parsed
   */
  void parseUnnamed(byte[] definition, Runnable undo);

  /**
   * Announces a Close that is answered without asking the server.
   *
   * @param undo runs if an error before it makes the server skip it
   */
  void expectFakedClose(Runnable undo);

  /** Ends the transaction block that is open; the client sees nothing of it. */
  void rollBack();

  /**
   * Says how the answers to the Query or Bind that is announced next become one; null if they are
   * as they come. Of no concern to a single server.
   */
  default void merging(@Nullable Merging how) {
    // There is one answer.
  }

  /** Sends bytes of frames already announced; owns the buffer. */
  void send(ByteBuf run);

  /** Pushes what was sent out to the network. */
  void flush();

  /** Whether every announced reply has arrived. */
  boolean drained();

  /** Whether a statement of the batch has failed: the server ignores all up to Sync. */
  boolean skipping();

  /** Whether the server waits for COPY data, and takes nothing else. */
  boolean copyingIn();

  /**
   * Asks for {@link Downstream#onDrained} when {@link #drained} holds, or {@link #copyingIn} says
   * that it cannot; sends Flush if need be.
   */
  void drain();

  /**
   * Begins a transaction that the client believes in already, ahead of its first statement and
   * without a Sync between. If the server refuses, it runs nothing of what follows; the session
   * hears {@link Downstream#onBeginFailed}, and then of the loss of the connection.
   *
   * @param definition the body of Parse after the name: the text of BEGIN
   */
  void begin(byte[] definition);

  /**
   * How many announced frames have been answered; while it stays the same, so does the statement.
   */
  long answered();

  /** How many transactions of this server have ended; while it stays the same, one is open. */
  long transactions();

  /** Ends the COPY that the server waits for data of; only between the client's frames. */
  void failCopy(String reason);

  /** Fails the open transaction: a statement that the proxy answers inside it has failed. */
  void failTransaction(boolean extended);

  /** The server's process id, as in pg_stat_activity. */
  int pid();

  /** Which connection it is, by a name that no other has; of several the first's. */
  String ptr();

  /** Which server it is, for people. */
  String describe();

  /** Looks again at the ReadyForQuery that {@link Downstream#onBeforeReady} has held back. */
  void goOn();

  /** Whether more may be sent without piling up. */
  boolean writable();

  /** Reads on, or stops reading, replies. */
  void reading(boolean on);

  /** Whether a frame has been passed on in part. */
  boolean midReply();

  /** Applies the client's parameters, pipelined ahead of what is sent next. */
  void apply(ParameterSet wanted);

  /** The last values the server reported for its parameters. */
  java.util.Map<String, String> reported();

  /** Notes that the client changed a parameter: the connection has the set applied now. */
  void applied(ParameterSet set);

  /** Whether the client has left parameters that the server reports with other values. */
  boolean parametersChanged();

  /** Asks something on the proxy's own account; only while {@link #drained}. */
  void inquire(Inquiry inquiry);

  /** Cancels the running statement; completes when the server has taken the request. */
  CompletionStage<Void> cancel();

  /** What the client is to be told of the cancel request under way, in place of the user's wish. */
  void cancelReads(String message);

  /** Gives the server up: {@link Downstream#onLost} follows, with the error. */
  void giveUp(PgError error);

  /**
   * Another receiver for the replies from now on: the proxy's own work on the caller's connection.
   * They are read, until that receiver wants them no more. Only while drained.
   */
  void lend(Downstream borrower);

  /** Gives the upstream back to its pool; the caller must not use it afterwards. */
  void release(Release how);

  /** In what state an upstream is given back. */
  enum Release {
    /** Idle, and the client has left nothing but parameters that are known. */
    IDLE,
    /** Idle, but the client has left something that the next one must not see: reset it. */
    DIRTY,
    /** Idle, but a whole session has used it: reset it. */
    SESSION_ENDED,
    /** The client has left amid work: cancel, roll back, or close. */
    ABANDONED,
    /** A frame has been sent in part: of no more use. */
    BROKEN
  }
}
