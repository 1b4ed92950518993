package org.pglynx.proxy.admin;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.intercept.Decision;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.LocalStatement;
import org.pglynx.proxy.relay.ServerSessions;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.Column;
import org.pglynx.proxy.wire.PgError;

/** Asks the console as a session does, and reads its rows back from their wire form. */
final class Console {
  final FakeActions actions = new FakeActions();
  private final AdminInterceptor interceptor;

  Console(AdminView view) {
    this(view, new StatsWindow(view, () -> 0));
  }

  Console(AdminView view, StatsWindow window) {
    this.interceptor = new AdminInterceptor(view, actions, "1.2.3", window, true);
  }

  Answer ask(String sql) {
    return ask(sql, Arguments.NONE);
  }

  Answer ask(String sql, Arguments arguments) {
    return switch (interceptor.intercept(sql, new int[0], true)) {
      case Decision.Answer answer -> run(answer.statement(), arguments);
      case Decision.Refuse refuse -> new Answer(List.of(), List.of(), null, null, refuse.error());
      case Decision.Pass pass -> throw new AssertionError("passed to a server that is not there");
      case Decision.Rewrite rewrite -> throw new AssertionError("rewritten");
    };
  }

  private static Answer run(LocalStatement statement, Arguments arguments) {
    Recorder recorder = new Recorder();
    statement.start(arguments, recorder);
    return new Answer(
        statement.columns(), recorder.rows, recorder.tag, recorder.notice, recorder.error);
  }

  /** What came back. */
  record Answer(
      List<Column> columns,
      List<List<byte @Nullable []>> rows,
      @Nullable String tag,
      @Nullable PgError notice,
      @Nullable PgError error) {
    List<String> columnNames() {
      return columns.stream().map(Column::name).toList();
    }

    /** The error; fails if there is none. */
    PgError refusal() {
      return Objects.requireNonNull(error, "an error was expected");
    }

    /** A row as text by column name. */
    Map<String, @Nullable String> row(int index) {
      Map<String, @Nullable String> row = new LinkedHashMap<>();
      for (int i = 0; i < columns.size(); i++) {
        byte[] value = rows.get(index).get(i);
        row.put(
            columns.get(i).name(),
            value == null ? null : new String(value, StandardCharsets.UTF_8));
      }
      return row;
    }
  }

  private static final class Recorder implements AnswerContext {
    private final List<List<byte @Nullable []>> rows = new ArrayList<>();
    private @Nullable String tag;
    private @Nullable PgError notice;
    private @Nullable PgError error;

    @Override
    public void rows(ByteBuf frames, int count) {
      while (frames.isReadable()) {
        rows.add(row(frames));
      }
      frames.release();
    }

    private static List<byte @Nullable []> row(ByteBuf frames) {
      if (frames.readByte() != BackendTag.DATA_ROW) {
        throw new AssertionError("not a DataRow");
      }
      frames.skipBytes(4);
      int columns = frames.readShort();
      List<byte @Nullable []> values = new ArrayList<>();
      for (int i = 0; i < columns; i++) {
        int length = frames.readInt();
        byte[] value = length < 0 ? null : new byte[length];
        if (value != null) {
          frames.readBytes(value);
        }
        values.add(value);
      }
      return values;
    }

    @Override
    public void complete(String commandTag) {
      tag = commandTag;
    }

    @Override
    public void fail(PgError failure) {
      error = failure;
    }

    @Override
    public void notice(PgError told) {
      notice = told;
    }

    @Override
    public ByteBufAllocator allocator() {
      return UnpooledByteBufAllocator.DEFAULT;
    }

    @Override
    public Executor loop() {
      return Runnable::run;
    }

    @Override
    public String database() {
      return "pglynx";
    }

    @Override
    public String user() {
      return "admin";
    }

    @Override
    public boolean mayHaveRole() {
      return false;
    }

    @Override
    public boolean inTransaction() {
      return false;
    }

    @Override
    public ServerSessions servers() {
      throw new AssertionError("an admin database has no servers");
    }
  }
}
