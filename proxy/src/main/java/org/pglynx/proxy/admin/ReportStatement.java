package org.pglynx.proxy.admin;

import io.netty.buffer.ByteBuf;
import java.util.List;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.Cancellable;
import org.pglynx.proxy.relay.LocalStatement;
import org.pglynx.proxy.wire.Column;
import org.pglynx.proxy.wire.RowWriter;

/** Answers with a report's rows. */
final class ReportStatement<R> implements LocalStatement {
  private final Report<R> report;
  private final Selection selection;
  private final String tag;
  private final List<Column> columns;

  ReportStatement(Report<R> report, Selection selection, String tag) {
    this.report = report;
    this.selection = selection;
    this.tag = tag;
    this.columns = report.layout().columns();
  }

  @Override
  public List<Column> columns() {
    return columns;
  }

  @Override
  public Cancellable start(Arguments arguments, AnswerContext context) {
    report
        .rows()
        .thenAccept(rows -> send(rows, arguments, context))
        .exceptionally(failure -> {
          context.fail(ActionStatement.error(failure));
          return null;
        });
    return Cancellable.DONE;
  }

  private void send(List<R> all, Arguments arguments, AnswerContext context) {
    List<R> rows = selection.of(report.layout(), all);
    if (!rows.isEmpty()) {
      context.rows(encode(rows, arguments, context), rows.size());
    }
    context.complete(tag);
  }

  private ByteBuf encode(List<R> rows, Arguments arguments, AnswerContext context) {
    ByteBuf out = context.allocator().buffer();
    boolean done = false;
    try {
      RowWriter writer = new RowWriter(out, columns.size(), arguments.resultFormats());
      rows.forEach(row -> report.layout().write(writer, row));
      done = true;
      return out;
    } finally {
      if (!done) {
        out.release();
      }
    }
  }
}
