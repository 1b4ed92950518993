package org.pglynx.proxy.ml;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executor;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.Cancellable;
import org.pglynx.proxy.relay.LocalStatement;
import org.pglynx.proxy.relay.ServerSessions;
import org.pglynx.proxy.wire.Column;
import org.pglynx.proxy.wire.PgError;

/**
 * EXPLAIN of a statement that the proxy answers.
 *
 * @param lines what is told of it
 * @param analyze whether it is run
 * @param statement the statement
 */
record ExplainAnswer(List<String> lines, boolean analyze, LocalStatement statement)
    implements LocalStatement {
  @Override
  public List<Column> columns() {
    return List.of(Column.text("QUERY PLAN"));
  }

  @Override
  public int[] parameterTypes() {
    return statement.parameterTypes();
  }

  @Override
  public Cancellable start(Arguments arguments, AnswerContext context) {
    if (analyze) {
      Arguments text =
          new Arguments(arguments.values(), arguments.formats(), Arguments.NONE.resultFormats());
      return statement.start(text, new Timed(lines, context, System.nanoTime()));
    }
    tell(context, lines);
    return Cancellable.DONE;
  }

  private static void tell(AnswerContext context, List<String> told) {
    ByteBuf out = context.allocator().buffer(256);
    PlanLines.write(told, out);
    context.rows(out, told.size());
    context.complete("EXPLAIN");
  }

  /** Runs the statement, of whose rows the client gets but the number. */
  private static final class Timed implements AnswerContext {
    private final List<String> lines;
    private final AnswerContext context;
    private final long startNanos;
    private int rows;

    Timed(List<String> lines, AnswerContext context, long startNanos) {
      this.lines = lines;
      this.context = context;
      this.startNanos = startNanos;
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
    public void rows(ByteBuf frames, int count) {
      rows += count;
      frames.release();
    }

    @Override
    public void notice(PgError notice) {
      context.notice(notice);
    }

    @Override
    public void complete(String commandTag) {
      List<String> told = new ArrayList<>(lines);
      told.add("Rows: " + rows);
      told.add(
          String.format(
              Locale.ROOT, "Execution Time: %.3f ms", (System.nanoTime() - startNanos) / 1e6));
      tell(context, told);
    }

    @Override
    public void fail(PgError error) {
      context.fail(error);
    }
  }
}
