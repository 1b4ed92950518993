package org.pglynx.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.concurrent.Executor;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Conversation;
import org.pglynx.proxy.relay.Downstream;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.ErrorFields;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.FrontendTag;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.ProtocolException;
import org.pglynx.proxy.wire.SqlState;

/**
 * A blocking conversation with a server over an {@link Upstream}, for the proxy's own threads.
 * Frames are written on the upstream's event loop; replies come back through an {@link Inbox}.
 *
 * <p>On the caller's own connection amid an extended batch, statements end with Flush instead of
 * Sync: a Sync of ours would commit what the client has not ended.
 */
public final class InternalSession implements Conversation {
  private final Upstream upstream;
  private final Executor loop;
  private final boolean callers;
  private final boolean flushOnly;
  private final IntConsumer closer;
  private final Inbox inbox;
  private final OwnCancels cancels;
  private boolean failed;
  private int status;
  private boolean closed;

  /** See {@link org.pglynx.proxy.relay.Conversation.Factory#begin}. */
  public InternalSession(
      Upstream upstream,
      Executor loop,
      boolean callers,
      boolean flushOnly,
      int status,
      IntConsumer closer) {
    this.upstream = upstream;
    this.loop = loop;
    this.callers = callers;
    this.flushOnly = flushOnly;
    this.status = status;
    this.closer = closer;
    this.inbox = new Inbox(upstream, loop);
    this.cancels = new OwnCancels(upstream, loop, inbox::lost);
  }

  @Override
  public Downstream downstream() {
    return inbox;
  }

  @Override
  public void ended() {
    status = 'I';
  }

  @Override
  public boolean callersTransaction() {
    return callers;
  }

  @Override
  public SqlResult query(String sql, @Nullable Object... parameters)
      throws PgErrorException, InterruptedException {
    ByteBuf out = OwnStatement.statement(sql, parameters);
    end(out);
    send(out, Announced.QUERY);
    ResultReader result = new ResultReader();
    converse(result, false);
    return result.result();
  }

  @Override
  public String copyOut(String sql, CopySink sink) throws PgErrorException, InterruptedException {
    ByteBuf out = OwnStatement.statement(sql);
    end(out);
    send(out, Announced.QUERY);
    ResultReader result = new ResultReader(sink);
    inbox.copiesTo(body -> {
      result.copy(body);
      stopUnwanted(result);
    });
    try {
      converse(result, false);
    } finally {
      inbox.copiesTo(null);
    }
    return result.result().commandTag();
  }

  @Override
  public String copyIn(String sql, CopySource source)
      throws PgErrorException, InterruptedException {
    ByteBuf out = OwnStatement.statement(sql);
    FrameWriter.empty(out, FrontendTag.FLUSH);
    send(out, Announced.COPY_BEGIN);
    ResultReader result = new ResultReader();
    converse(result, true);
    for (byte[] chunk = source.next(); chunk != null; chunk = source.next()) {
      inbox.awaitWritable();
      ByteBuf data = Unpooled.buffer(chunk.length + 5);
      data.writeByte(FrontendTag.COPY_DATA).writeInt(4 + chunk.length).writeBytes(chunk);
      send(data, Announced.NOTHING);
    }
    ByteBuf done = Unpooled.buffer(64);
    FrameWriter.empty(done, FrontendTag.COPY_DONE);
    end(done);
    send(done, Announced.COPY_END);
    converse(result, false);
    return result.result().commandTag();
  }

  /** The frames announced together with what is sent. */
  private enum Announced {
    NOTHING,
    QUERY,
    COPY_BEGIN,
    COPY_END
  }

  private void end(ByteBuf out) {
    OwnStatement.close(out);
    FrameWriter.empty(out, flushOnly ? FrontendTag.FLUSH : FrontendTag.SYNC);
  }

  private void send(ByteBuf out, Announced announced) throws PgErrorException {
    if (closed || failed && flushOnly) {
      throw PgError.error(SqlState.FAILED_TRANSACTION, "the transaction has failed").toException();
    }
    cancels.await();
    post(out, () -> announce(announced));
  }

  private void post(ByteBuf out, Runnable announcement) {
    loop.execute(() -> {
      if (inbox.lost()) {
        out.release();
        return;
      }
      announcement.run();
      upstream.send(out);
      upstream.flush();
    });
  }

  private void announce(Announced announced) {
    switch (announced) {
      case NOTHING -> {
        // CopyData has no reply.
      }
      case QUERY -> {
        OwnStatement.expect(upstream);
        announceEnd();
      }
      case COPY_BEGIN -> OwnStatement.expect(upstream);
      case COPY_END -> {
        upstream.expect(FrontendTag.COPY_DONE);
        announceEnd();
      }
    }
  }

  private void announceEnd() {
    OwnStatement.expectClose(upstream);
    if (!flushOnly) {
      upstream.expect(FrontendTag.SYNC);
    }
  }

  /** Reads replies until the statement's end, or until the server wants COPY data. */
  private void converse(ResultReader result, boolean untilCopyIn)
      throws PgErrorException, InterruptedException {
    boolean interrupted = false;
    while (true) {
      try {
        Inbox.Frame frame = inbox.take(interrupted);
        if (handle(result, frame, untilCopyIn)) {
          break;
        }
        if (frame.tag() == BackendTag.COPY_DATA) {
          stopUnwanted(result);
        }
      } catch (InterruptedException e) {
        // The reply is read to its end all the same, or the connection would be of no more use.
        interrupted = true;
        cancels.send();
      }
    }
    if (interrupted) {
      throw new InterruptedException();
    }
    RuntimeException thrown = result.thrown();
    PgError error = result.error();
    if (thrown != null) {
      failed |= error != null;
      throw thrown;
    }
    if (error != null) {
      failed = true;
      throw error.toException();
    }
  }

  /** The rest may be millions of rows that nobody wants. */
  private void stopUnwanted(ResultReader result) {
    if (result.refusedJustNow()) {
      cancels.send();
    }
  }

  /** Handles one frame; true at the end. */
  private boolean handle(ResultReader result, Inbox.Frame frame, boolean untilCopyIn)
      throws PgErrorException {
    switch (frame.tag()) {
      case BackendTag.READY -> {
        status = frame.body().getByte(0);
        return true;
      }
      case BackendTag.COPY_IN -> {
        if (!untilCopyIn) {
          throw new ProtocolException("the server wants COPY data that nobody has");
        }
        return true;
      }
      case BackendTag.ERROR -> {
        result.fail(ErrorFields.read(frame.body(), -5, frame.body().writerIndex() + 5));
        if (untilCopyIn && !flushOnly) {
          syncAfterError();
          return false;
        }
        return flushOnly;
      }
      case BackendTag.CLOSE_COMPLETE -> {
        return result.closedLast() && flushOnly;
      }
      default -> {
        result.accept(frame.tag(), frame.body());
        return false;
      }
    }
  }

  /** COPY … FROM STDIN was refused before our Sync went out. */
  private void syncAfterError() {
    ByteBuf out = Unpooled.buffer(5);
    FrameWriter.empty(out, FrontendTag.SYNC);
    post(out, () -> upstream.expect(FrontendTag.SYNC));
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (!callers && status != 'I') {
      rollback();
    }
    int last = failed && flushOnly ? 'E' : status;
    inbox.discard();
    cancels.await();
    loop.execute(() -> giveBack(last));
  }

  @Override
  public void abandon() {
    closed = true;
    inbox.discard();
    giveBack(status);
  }

  /** It may have been lost until the loop came to this, and is whoever's it may be from then on. */
  private void giveBack(int last) {
    inbox.resume();
    closer.accept(inbox.lost() ? 0 : last);
    inbox.empty();
  }

  private void rollback() {
    closed = false;
    try {
      query("ROLLBACK");
    } catch (PgErrorException e) {
      status = 'E';
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      closed = true;
    }
  }
}
