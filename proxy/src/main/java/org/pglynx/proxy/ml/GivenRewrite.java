package org.pglynx.proxy.ml;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.Cancellable;
import org.pglynx.proxy.relay.RowRewrite;
import org.pglynx.proxy.relay.SqlSession;
import org.pglynx.proxy.relay.Texts;
import org.pglynx.proxy.sql.TextEdits;
import org.pglynx.proxy.sql.TextPositions;
import org.pglynx.proxy.wire.Formats;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * Runs the calls of a statement, one after the other, and gives their rows to the server: as
 * literals of a Query, else as settings that end with the transaction. The reply is the server's,
 * untouched.
 */
final class GivenRewrite implements RowRewrite {
  private static final String SET = "SELECT pg_catalog.set_config($1, $2, true)";

  private final GivenPlan plan;
  private final TextPositions positions;
  private final Executor executor;
  private final boolean query;

  GivenRewrite(GivenPlan plan, Executor executor) {
    this(plan, plan.positions(), executor, false);
  }

  private GivenRewrite(GivenPlan plan, TextPositions positions, Executor executor, boolean query) {
    this.plan = plan;
    this.positions = positions;
    this.executor = executor;
    this.query = query;
  }

  @Override
  public RowRewrite ofQuery() {
    return new GivenRewrite(plan, positions, executor, true);
  }

  @Override
  public void describe(ByteBuf in, ByteBuf out) {
    out.writeBytes(in, in.readerIndex(), in.readableBytes());
  }

  @Override
  public Texts texts() {
    return Texts.OWN_VALUES;
  }

  @Override
  public int position(int position) {
    return positions.original(position);
  }

  @Override
  public Cancellable open(Arguments arguments, AnswerContext context, Callback callback) {
    Run run =
        new Run(
            new Arguments(
                arguments.values(), arguments.formats(), Formats.ALL_TEXT, arguments.utf8()),
            context,
            callback);
    run.next();
    return run;
  }

  /** One execution. All but the callbacks of statements is on the session's loop. */
  private final class Run implements Cancellable {
    private final Arguments arguments;
    private final AnswerContext context;
    private final Callback callback;
    private final List<String> documents = new ArrayList<>();
    private Cancellable current = DONE;
    private boolean cancelled;
    private boolean over;

    Run(Arguments arguments, AnswerContext context, Callback callback) {
      this.arguments = arguments;
      this.context = context;
      this.callback = callback;
    }

    void next() {
      if (over) {
        return;
      }
      int index = documents.size();
      if (cancelled) {
        fail(MlErrors.cancelled());
      } else if (index < plan.statements().size()) {
        started(plan.statements().get(index).start(arguments, collector(index)), index);
      } else if (query) {
        give(plan.text().forQuery(documents));
      } else {
        started(Job.start(executor, cancel -> set(), this::fail), index);
      }
    }

    /** What has ended before it has told how to stop it is not to be stopped. */
    private void started(Cancellable step, int index) {
      if (documents.size() == index && !over) {
        current = step;
      }
    }

    private GivenCollector collector(int index) {
      return new GivenCollector(
          context,
          plan.statements().get(index).columns(),
          document -> {
            documents.add(document);
            next();
          },
          this::fail);
    }

    private void set() throws PgErrorException, InterruptedException {
      try (SqlSession session = context.servers().open()) {
        for (int i = 0; i < documents.size(); i++) {
          session.query(SET, plan.text().name(i), documents.get(i));
        }
      }
      context.loop().execute(() -> give(null));
    }

    private void give(@Nullable TextEdits text) {
      if (!over) {
        over = true;
        callback.opened(
            text == null
                ? new Untouched(null)
                : new Untouched(
                    new OneQuery(
                        text.result(), new GivenRewrite(plan, text.positions(), executor, true))));
      }
    }

    private void fail(PgError error) {
      context
          .loop()
          .execute(() -> {
            if (!over) {
              over = true;
              callback.failed(error);
            }
          });
    }

    @Override
    public void cancel() {
      cancelled = true;
      current.cancel();
    }
  }

  /** Rows as they are. */
  private record Untouched(@Nullable OneQuery query) implements RowTransform {
    @Override
    public void rows(ByteBuf in, ByteBuf out) {
      out.writeBytes(in, in.readerIndex(), in.readableBytes());
    }
  }
}
