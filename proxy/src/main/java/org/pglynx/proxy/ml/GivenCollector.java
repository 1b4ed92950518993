package org.pglynx.proxy.ml;

import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.function.Consumer;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.wire.Column;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/** Collects the rows of one statement that the proxy answers, for another statement. */
final class GivenCollector extends BehindContext {
  /**
   * As a text that is sent to the server; a model's file has two characters a byte. It is put
   * together on the session's loop.
   */
  private static final int MAX_LENGTH = 16 << 20;

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
    super(context);
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
    loop().execute(() -> end.accept(document));
  }

  @Override
  public void fail(PgError error) {
    failure.accept(error);
  }
}
