package org.pglynx.proxy.ml;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.pglynx.proxy.relay.RowRewrite;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * Keeps of a statement's rows the first ones in the order of a prediction, and gives them when the
 * server has sent its last. Only rows that are kept are copied.
 */
final class TopTransform implements RowRewrite.RowTransform {
  private final PredictTransform predictions;
  private final RewritePlan.Top top;
  private final TopRows rows;
  private final int offset;
  private final ByteBuf row = Unpooled.buffer(256);
  private int limit;
  private boolean suspended;

  TopTransform(PredictTransform predictions, RewritePlan.Top top, TopRows rows, int offset) {
    this.predictions = predictions;
    this.top = top;
    this.rows = rows;
    this.offset = offset;
  }

  @Override
  public void rows(ByteBuf in, ByteBuf out) throws PgErrorException {
    if (!in.isReadable()) {
      return;
    }
    predictions.score(in);
    PredictBlock key = predictions.column(top.column());
    int columns = predictions.columnCount() - (top.hidden() ? 1 : 0);
    int number = 0;
    for (int at = 0; at < predictions.batch().writerIndex(); at = predictions.frameEnd(at)) {
      boolean isNull = key.isNull(number);
      float score = key.score(number);
      if (rows.admits(isNull, score)) {
        predictions.write(at, number, columns, row.clear());
        rows.add(isNull, score, row);
      }
      number++;
    }
  }

  @Override
  public void finish(ByteBuf complete, ByteBuf out) {
    rows.sort(offset);
    fetch(limit, out);
  }

  @Override
  public boolean collects() {
    return true;
  }

  @Override
  public void limit(int most) {
    limit = most;
  }

  @Override
  public boolean suspended() {
    return suspended;
  }

  /** As the server does, a limit that is reached exactly leaves the portal suspended. */
  @Override
  public void fetch(int most, ByteBuf out) {
    int written = rows.write(most == 0 ? Integer.MAX_VALUE : most, out);
    suspended = written == most && most > 0;
    if (suspended) {
      FrameWriter.empty(out, BackendTag.PORTAL_SUSPENDED);
    } else {
      FrameWriter.string(out, BackendTag.COMMAND_COMPLETE, "SELECT " + written);
    }
  }
}
