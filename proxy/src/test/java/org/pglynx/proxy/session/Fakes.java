package org.pglynx.proxy.session;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.intercept.Decision;
import org.pglynx.proxy.intercept.QueryInterceptor;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.Cancellable;
import org.pglynx.proxy.relay.LocalStatement;
import org.pglynx.proxy.relay.RowRewrite;
import org.pglynx.proxy.wire.Column;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.RowWriter;
import org.pglynx.proxy.wire.SqlState;

/** Statements that the proxy answers or rewrites, for tests. */
final class Fakes {
  private Fakes() {}

  /** Decides by the exact text. */
  static final class Interceptor implements QueryInterceptor {
    private final Map<String, Decision> decisions = new LinkedHashMap<>();

    Interceptor on(String sql, Decision decision) {
      decisions.put(sql, decision);
      return this;
    }

    @Override
    public boolean concerns(ByteBuf buffer, int offset, int length) {
      return decisions.containsKey(buffer.toString(offset, length, StandardCharsets.UTF_8));
    }

    @Override
    public Decision intercept(String sql, int[] parameterTypes, boolean simple) {
      return decisions.getOrDefault(sql, Decision.PASS);
    }
  }

  /** A statement of one text column whose execution the test steers. */
  static final class Local implements LocalStatement {
    private final BiConsumer<Arguments, AnswerContext> body;
    int starts;
    int cancels;
    @Nullable AnswerContext context;

    Local(BiConsumer<Arguments, AnswerContext> body) {
      this.body = body;
    }

    /** Runs until the test ends it through {@link #running}. */
    static Local slow() {
      return new Local((arguments, context) -> {});
    }

    /** Returns the rows at once. */
    static Local of(String... rows) {
      return new Local((arguments, context) -> {
        Fakes.rows(context, rows);
        context.complete("SELECT " + rows.length);
      });
    }

    AnswerContext running() {
      AnswerContext present = context;
      if (present == null) {
        throw new AssertionError("not started");
      }
      return present;
    }

    @Override
    public List<Column> columns() {
      return List.of(Column.text("local"));
    }

    @Override
    public Cancellable start(Arguments arguments, AnswerContext given) {
      starts++;
      context = given;
      body.accept(arguments, given);
      return () -> cancels++;
    }
  }

  static void rows(AnswerContext context, String... rows) {
    ByteBuf out = context.allocator().buffer();
    RowWriter writer = new RowWriter(out, 1, new short[0]);
    for (String row : rows) {
      writer.begin().text(row).end();
    }
    context.rows(out, rows.length);
  }

  /** A rewrite that turns each row into its text in capitals; {@code "bad"} fails. */
  static final class Capitals implements RowRewrite, RowRewrite.RowTransform {
    /** Whether the preparation waits for the test. */
    boolean slow;

    int cancels;
    @Nullable Callback callback;

    @Override
    public void describe(ByteBuf in, ByteBuf out) {
      out.writeBytes(in, in.readerIndex(), in.readableBytes());
    }

    @Override
    public int position(int position) {
      return position;
    }

    @Override
    public Cancellable open(Arguments arguments, AnswerContext context, Callback given) {
      callback = given;
      if (!slow) {
        given.opened(this);
      }
      return () -> cancels++;
    }

    Callback opening() {
      Callback present = callback;
      if (present == null) {
        throw new AssertionError("not opened");
      }
      return present;
    }

    @Override
    public void rows(ByteBuf in, ByteBuf out) throws PgErrorException {
      int from = in.readerIndex();
      String text = in.toString(StandardCharsets.UTF_8);
      if (text.contains("bad")) {
        throw PgError.error(SqlState.NULL_NOT_ALLOWED, "a bad row").toException();
      }
      for (int i = from; i < in.writerIndex(); i++) {
        byte each = in.getByte(i);
        // Lower-case letters stand in values only: the tag D and small lengths are none.
        out.writeByte(each >= 'a' && each <= 'z' ? each - 32 : each);
      }
    }
  }
}
