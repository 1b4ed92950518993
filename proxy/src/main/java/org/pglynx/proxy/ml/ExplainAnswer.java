package org.pglynx.proxy.ml;

import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.Cancellable;
import org.pglynx.proxy.relay.LocalStatement;
import org.pglynx.proxy.relay.Texts;
import org.pglynx.proxy.wire.Column;
import org.pglynx.proxy.wire.PgError;

/**
 * EXPLAIN of a statement that the proxy answers.
 *
 * @param format what the plan is written in
 * @param lines what is told of it
 * @param analyze whether it is run
 * @param statement the statement
 */
record ExplainAnswer(
    PlanFormat format, List<String> lines, boolean analyze, LocalStatement statement)
    implements LocalStatement {
  @Override
  public List<Column> columns() {
    return List.of(format.column());
  }

  @Override
  public int[] parameterTypes() {
    return statement.parameterTypes();
  }

  @Override
  public Texts texts() {
    return Texts.VALUES;
  }

  @Override
  public Cancellable start(Arguments arguments, AnswerContext context) {
    if (analyze) {
      Arguments text =
          new Arguments(arguments.values(), arguments.formats(), Arguments.NONE.resultFormats());
      return statement.start(text, new Timed(this, context, System.nanoTime()));
    }
    tell(context, null, null);
    return Cancellable.DONE;
  }

  private void tell(AnswerContext context, @Nullable Integer rows, @Nullable Double milliseconds) {
    String document = format.document(lines, rows, milliseconds);
    List<String> told = format == PlanFormat.TEXT ? document.lines().toList() : List.of(document);
    ByteBuf out = context.allocator().buffer(256);
    PlanLines.write(told, out);
    context.rows(out, told.size());
    context.complete("EXPLAIN");
  }

  /** Runs the statement, of whose rows the client gets but the number. */
  private static final class Timed extends BehindContext {
    private final ExplainAnswer answer;
    private final long startNanos;
    private int rows;

    Timed(ExplainAnswer answer, AnswerContext context, long startNanos) {
      super(context);
      this.answer = answer;
      this.startNanos = startNanos;
    }

    @Override
    public void rows(ByteBuf frames, int count) {
      rows += count;
      frames.release();
    }

    @Override
    public void complete(String commandTag) {
      answer.tell(clients(), rows, (System.nanoTime() - startNanos) / 1e6);
    }

    @Override
    public void fail(PgError error) {
      clients().fail(error);
    }
  }
}
