package org.pglynx.proxy.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.Cancellable;
import org.pglynx.proxy.relay.LocalStatement;
import org.pglynx.proxy.relay.ServerSessions;
import org.pglynx.proxy.wire.Column;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.PgError;

/**
 * One execution of a statement that the proxy answers. Its methods may be called from any thread;
 * all that touches the session is done on the session's event loop, in order.
 */
class LocalExecution implements AnswerContext {
  static final PgError ABORTED = StatementErrors.aborted("exec_simple_query");

  /** Ends the execution towards the client, as the protocol in use wants it. */
  interface End {
    /** Of a preparation, which has no reply of its own. */
    End IGNORED =
        new End() {
          @Override
          public void complete(String tag) {
            // Nothing to tell.
          }

          @Override
          public void failed(PgError error) {
            // Told through the callback of the preparation.
          }
        };

    void complete(String tag);

    void failed(PgError error);

    /** The session has ended first. */
    default void dropped() {
      // Most ends hold nothing.
    }
  }

  private final Session session;
  private final ScheduledExecutorService loop;
  private final List<Column> columns;
  private final Arguments arguments;
  private final End end;
  private final boolean describes;
  private boolean described;
  private boolean starting;
  private boolean over;

  /**
   * An execution.
   *
   * @param describes whether RowDescription is part of the reply: so in the simple protocol
   */
  LocalExecution(
      Session session, List<Column> columns, Arguments arguments, End end, boolean describes) {
    this.session = session;
    this.loop = session.loop();
    this.columns = columns;
    this.arguments = arguments;
    this.end = end;
    this.describes = describes;
  }

  /** Starts the statement; the session holds frames until the end. On the loop. */
  void start(LocalStatement statement) {
    starting = true;
    Cancellable stop = statement.start(arguments, this);
    starting = false;
    if (!over) {
      session.localAnswer().begins(stop);
    }
  }

  @Override
  public Executor loop() {
    return loop;
  }

  @Override
  public ByteBufAllocator allocator() {
    return session.client().allocator();
  }

  @Override
  public String database() {
    return session.profile().database();
  }

  @Override
  public String user() {
    return session.profile().user();
  }

  @Override
  public boolean inTransaction() {
    return session.inTransaction();
  }

  @Override
  public boolean mayHaveRole() {
    return session.upstream() != null && session.state().mayHaveRole();
  }

  @Override
  public ServerSessions servers() {
    return new CallersSessions(session);
  }

  @Override
  public void rows(ByteBuf frames, int rows) {
    onLoop(() -> {
      if (over || session.closed()) {
        frames.release();
        return;
      }
      describe();
      write(frames);
    });
  }

  /** Takes rows; on the loop. */
  void write(ByteBuf frames) {
    session.client().write(frames);
  }

  private void describe() {
    if (described || !describes || columns.isEmpty()) {
      return;
    }
    described = true;
    ByteBuf out = allocator().buffer(32 * columns.size() + 16);
    FrameWriter.rowDescription(out, columns, arguments.resultFormats());
    session.client().write(out);
  }

  @Override
  public void notice(PgError notice) {
    onLoop(() -> {
      if (session.closed()) {
        return;
      }
      ByteBuf out = allocator().buffer(128);
      FrameWriter.error(out, session.clientParameters().encoding().told(notice));
      session.client().write(out);
      session.client().flush();
    });
  }

  @Override
  public void complete(String commandTag) {
    onLoop(() -> {
      if (ends()) {
        PgError lost = session.transaction().takeLost();
        if (lost == null) {
          describe();
          end.complete(commandTag);
        } else {
          end.failed(lost);
        }
        goOn();
      }
    });
  }

  @Override
  public void fail(PgError error) {
    onLoop(() -> {
      if (ends()) {
        // One error tells the client enough.
        session.transaction().takeLost();
        end.failed(session.retold(error));
        goOn();
      }
    });
  }

  private boolean ends() {
    if (over) {
      return false;
    }
    over = true;
    if (session.closed()) {
      end.dropped();
      return false;
    }
    return true;
  }

  private void goOn() {
    if (!starting) {
      session.answered();
      session.resume();
    }
  }

  private void onLoop(Runnable task) {
    if (session.onLoop()) {
      task.run();
    } else {
      loop.execute(task);
    }
  }
}
