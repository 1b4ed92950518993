package org.pglynx.proxy.ml;

import io.netty.buffer.ByteBuf;
import java.util.List;
import org.pglynx.proxy.relay.RowRewrite;
import org.pglynx.proxy.wire.PgErrorException;

/** Counts what another one transforms, for SHOW PREDICTIONS. */
final class CountedRows implements RowRewrite.RowTransform {
  private final RowRewrite.RowTransform counted;
  private final List<PredictionStats.Count> counts;
  private final long startNanos = System.nanoTime();
  private long rows;

  CountedRows(RowRewrite.RowTransform counted, List<PredictionStats.Count> counts) {
    this.counted = counted;
    this.counts = counts;
  }

  @Override
  public void rows(ByteBuf in, ByteBuf out) throws PgErrorException {
    int end = in.writerIndex();
    for (int at = in.readerIndex(); at < end; at += 1 + in.getInt(at + 1)) {
      rows++;
    }
    counted.rows(in, out);
  }

  @Override
  public void finish(ByteBuf complete, ByteBuf out) {
    counted.finish(complete, out);
    long took = System.nanoTime() - startNanos;
    counts.forEach(count -> count.served(rows, took));
    rows = 0;
  }

  @Override
  public boolean collects() {
    return counted.collects();
  }

  @Override
  public void limit(int most) {
    counted.limit(most);
  }

  @Override
  public boolean suspended() {
    return counted.suspended();
  }

  @Override
  public void fetch(int most, ByteBuf out) {
    counted.fetch(most, out);
  }
}
