package org.pglynx.proxy.ml;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.relay.ServerSessions;
import org.pglynx.proxy.wire.Column;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/** Collects the rows of one statement that the proxy answers, for another statement. */
final class GivenCollector implements AnswerContext {
  /**
   * As a text that is sent to the server; a model's file has two characters a byte. It is put
   * together on the session's loop.
   */
  private static final int MAX_LENGTH = 16 << 20;

  private final AnswerContext context;
  private final GivenRows rows;
  private final Consumer<String> end;
  private final Consumer<PgError> failure;

  /**
   * A collector.
   *
   * @param end receives the rows as a document, on the session's loop
   * @param failure receives the error instead, on any thread
   */
  GivenCollector(
      AnswerContext context,
      List<Column> columns,
      Consumer<String> end,
      Consumer<PgError> failure) {
    this.context = context;
    this.rows = new GivenRows(columns);
    this.end = end;
    this.failure = failure;
  }

  @Override
  public void rows(ByteBuf frames, int count) {
    try {
      if (rows.length() <= MAX_LENGTH) {
        rows.add(frames);
      }
    } finally {
      frames.release();
    }
  }

  @Override
  public void complete(String commandTag) {
    if (rows.length() > MAX_LENGTH) {
      fail(
          PgError.error(
                  SqlState.PROGRAM_LIMIT,
                  "the result of a pgml function is longer than %d MB as text"
                      .formatted(MAX_LENGTH >> 20))
              .withHint("Call the function in a statement of its own."));
      return;
    }
    String document = rows.document();
    context.loop().execute(() -> end.accept(document));
  }

  @Override
  public void fail(PgError error) {
    failure.accept(error);
  }

  @Override
  public Executor loop() {
    return context.loop();
  }

  @Override
  public ByteBufAllocator allocator() {
    return context.allocator();
  }

  @Override
  public String database() {
    return context.database();
  }

  @Override
  public String user() {
    return context.user();
  }

  @Override
  public boolean inTransaction() {
    return context.inTransaction();
  }

  @Override
  public ServerSessions servers() {
    return context.servers();
  }

  @Override
  public void notice(PgError notice) {
    context.notice(notice);
  }
}
