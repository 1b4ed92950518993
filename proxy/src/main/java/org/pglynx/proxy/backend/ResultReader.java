package org.pglynx.proxy.backend;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.SqlSession;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.ProtocolException;

/** Collects the result of one statement of the proxy's own, reply by reply. */
final class ResultReader {
  private final SqlSession.@Nullable CopySink sink;
  private final List<String> columns = new ArrayList<>();
  private final List<Integer> types = new ArrayList<>();
  private final List<@Nullable String[]> rows = new ArrayList<>();
  private String tag = "";
  private @Nullable PgError error;
  private @Nullable RuntimeException thrown;
  private int closes;
  private boolean stopped;

  ResultReader() {
    this.sink = null;
  }

  ResultReader(SqlSession.CopySink sink) {
    this.sink = sink;
  }

  @Nullable PgError error() {
    return error;
  }

  /** What the sink threw that is no error of the server's kind. */
  @Nullable RuntimeException thrown() {
    return thrown;
  }

  /** Whether the sink has failed, so that nobody wants the rest. */
  private boolean refused() {
    return sink != null && (error != null || thrown != null);
  }

  /** The same, once. */
  boolean refusedJustNow() {
    boolean now = refused() && !stopped;
    stopped |= now;
    return now;
  }

  void fail(PgError cause) {
    if (error == null) {
      error = cause;
    }
  }

  /** Counts CloseComplete: two come before the statement, two behind it. */
  boolean closedLast() {
    closes++;
    return closes == 4;
  }

  void accept(byte tagByte, ByteBuf body) throws PgErrorException {
    switch (tagByte) {
      case BackendTag.ROW_DESCRIPTION -> describe(body);
      case BackendTag.DATA_ROW -> row(body);
      case BackendTag.COPY_DATA -> copy(body);
      case BackendTag.COMMAND_COMPLETE -> tag = cstring(body);
      default -> {
        // ParseComplete, BindComplete, NoData, notices and the like.
      }
    }
  }

  /** One CopyData body. */
  void copy(ByteBuf body) {
    if (sink == null || refused()) {
      return;
    }
    try {
      sink.accept(body);
    } catch (PgErrorException e) {
      fail(e.error());
    } catch (RuntimeException e) {
      // Kept until the reply is read to its end, or the connection would be of no more use.
      thrown = e;
    }
  }

  private void describe(ByteBuf body) {
    int count = body.readUnsignedShort();
    for (int i = 0; i < count; i++) {
      columns.add(cstring(body));
      body.skipBytes(6);
      types.add(body.readInt());
      body.skipBytes(8);
    }
  }

  private void row(ByteBuf body) {
    int count = body.readUnsignedShort();
    @Nullable String[] values = new String[count];
    for (int i = 0; i < count; i++) {
      int length = body.readInt();
      values[i] =
          length < 0 ? null : body.readCharSequence(length, StandardCharsets.UTF_8).toString();
    }
    rows.add(values);
  }

  private static String cstring(ByteBuf body) {
    int end = body.indexOf(body.readerIndex(), body.writerIndex(), (byte) 0);
    if (end < 0) {
      throw new ProtocolException("a string without an end");
    }
    String text =
        body.toString(body.readerIndex(), end - body.readerIndex(), StandardCharsets.UTF_8);
    body.readerIndex(end + 1);
    return text;
  }

  SqlSession.SqlResult result() {
    return new SqlSession.SqlResult(columns, types, rows, tag);
  }
}
