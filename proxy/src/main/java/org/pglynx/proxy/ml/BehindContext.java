package org.pglynx.proxy.ml;

import io.netty.buffer.ByteBufAllocator;
import java.util.concurrent.Executor;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.relay.ServerSessions;
import org.pglynx.proxy.wire.PgError;

/** The execution of a statement whose rows and end are for somebody before the client. */
abstract class BehindContext implements AnswerContext {
  private final AnswerContext context;

  BehindContext(AnswerContext context) {
    this.context = context;
  }

  /** The client's own. */
  final AnswerContext clients() {
    return context;
  }

  @Override
  public final Executor loop() {
    return context.loop();
  }

  @Override
  public final ByteBufAllocator allocator() {
    return context.allocator();
  }

  @Override
  public final String database() {
    return context.database();
  }

  @Override
  public final String user() {
    return context.user();
  }

  @Override
  public final boolean inTransaction() {
    return context.inTransaction();
  }

  @Override
  public final boolean mayHaveRole() {
    return context.mayHaveRole();
  }

  @Override
  public final ServerSessions servers() {
    return context.servers();
  }

  @Override
  public final void notice(PgError notice) {
    context.notice(notice);
  }
}
