package org.pglynx.proxy.ml;

import io.netty.buffer.ByteBuf;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.wire.PgErrorException;

/** The whole answer of a statement: its rows at once, or nothing of them. */
final class RowsAnswer {
  private RowsAnswer() {}

  /** Writes DataRow messages. */
  interface Writer {
    /**
     * Writes them.
     *
     * @return how many
     */
    int write(ByteBuf frames) throws PgErrorException, InterruptedException;
  }

  /** Answers with what the writer writes, and completes the statement. */
  static void give(AnswerContext context, Writer writer)
      throws PgErrorException, InterruptedException {
    ByteBuf frames = context.allocator().buffer(1024);
    boolean handedOver = false;
    int count;
    try {
      count = writer.write(frames);
      context.rows(frames, count);
      handedOver = true;
    } finally {
      if (!handedOver) {
        frames.release();
      }
    }
    context.complete("SELECT " + count);
  }
}
