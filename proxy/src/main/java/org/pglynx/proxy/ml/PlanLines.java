package org.pglynx.proxy.ml;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.Cancellable;
import org.pglynx.proxy.relay.RowRewrite;
import org.pglynx.proxy.relay.Texts;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.Formats;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.RowWriter;

/**
 * A plan with more lines at its end.
 *
 * @param format what the plan is written in
 * @param lines the lines
 * @param rewritten how the explained statement was rewritten, if it was
 */
record PlanLines(PlanFormat format, List<String> lines, @Nullable RowRewrite rewritten)
    implements RowRewrite, RowRewrite.RowTransform {
  /** Behind tag, length and number of columns. */
  private static final int COLUMN = 7;

  @Override
  public void describe(ByteBuf in, ByteBuf out) {
    out.writeBytes(in, in.readerIndex(), in.readableBytes());
  }

  @Override
  public Texts texts() {
    return Texts.VALUES;
  }

  @Override
  public int position(int position) {
    return rewritten == null ? position : rewritten.position(position);
  }

  @Override
  public @Nullable PgError told(PgError error, int position) {
    return rewritten == null ? null : rewritten.told(error, position);
  }

  @Override
  public Cancellable open(Arguments arguments, AnswerContext context, Callback callback) {
    callback.opened(this);
    return Cancellable.DONE;
  }

  @Override
  public void rows(ByteBuf in, ByteBuf out) {
    if (format == PlanFormat.TEXT || lines.isEmpty()) {
      out.writeBytes(in);
      return;
    }
    while (in.isReadable()) {
      ByteBuf frame = in.readSlice(1 + in.getInt(in.readerIndex() + 1));
      document(frame, out);
    }
  }

  /** A row whose only column is the plan. Bytes stay bytes, in whatever encoding they are. */
  private void document(ByteBuf frame, ByteBuf out) {
    int text = frame.readerIndex() + COLUMN + 4;
    if (frame.getShort(frame.readerIndex() + COLUMN - 2) != 1 || frame.getInt(text - 4) < 0) {
      out.writeBytes(frame);
      return;
    }
    String plan = frame.toString(text, frame.getInt(text - 4), ISO_8859_1);
    List<String> told = lines.stream().map(l -> new String(l.getBytes(UTF_8), ISO_8859_1)).toList();
    byte[] longer = format.with(plan, told).getBytes(ISO_8859_1);
    int mark = FrameWriter.begin(out, BackendTag.DATA_ROW);
    out.writeShort(1).writeInt(longer.length).writeBytes(longer);
    FrameWriter.finish(out, mark);
  }

  /** Text is the same in both formats. */
  @Override
  public void finish(ByteBuf complete, ByteBuf out) {
    if (format == PlanFormat.TEXT) {
      write(lines, out);
    }
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
