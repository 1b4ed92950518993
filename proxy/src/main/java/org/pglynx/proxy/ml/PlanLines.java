package org.pglynx.proxy.ml;

import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.Cancellable;
import org.pglynx.proxy.relay.RowRewrite;
import org.pglynx.proxy.wire.Formats;
import org.pglynx.proxy.wire.RowWriter;

/**
 * A plan with more lines at its end.
 *
 * @param lines the lines
 * @param rewritten how the explained statement was rewritten, if it was
 */
record PlanLines(List<String> lines, @Nullable RowRewrite rewritten)
    implements RowRewrite, RowRewrite.RowTransform {
  @Override
  public void describe(ByteBuf in, ByteBuf out) {
    out.writeBytes(in, in.readerIndex(), in.readableBytes());
  }

  @Override
  public int position(int position) {
    return rewritten == null ? position : rewritten.position(position);
  }

  @Override
  public Cancellable open(Arguments arguments, AnswerContext context, Callback callback) {
    callback.opened(this);
    return Cancellable.DONE;
  }

  @Override
  public void rows(ByteBuf in, ByteBuf out) {
    out.writeBytes(in);
  }

  /** Text is the same in both formats. */
  @Override
  public void finish(ByteBuf complete, ByteBuf out) {
    write(lines, out);
    out.writeBytes(complete, complete.readerIndex(), complete.readableBytes());
  }

  /** Rows of one column. */
  static void write(List<String> lines, ByteBuf out) {
    RowWriter row = new RowWriter(out, 1, Formats.ALL_TEXT);
    for (String line : lines) {
      row.begin().text(line).end();
    }
  }
}
