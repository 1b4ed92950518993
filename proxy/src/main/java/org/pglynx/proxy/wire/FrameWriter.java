package org.pglynx.proxy.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes whole frames into a buffer: a tag, a length that {@link #finish} patches, a body. Each
 * method that names a message writes exactly one.
 */
public final class FrameWriter {
  private FrameWriter() {}

  /** Starts a frame; the result goes to {@link #finish}. */
  public static int begin(ByteBuf out, byte tag) {
    out.writeByte(tag);
    int mark = out.writerIndex();
    out.writeInt(0);
    return mark;
  }

  /** Patches the length of the frame begun at the mark. */
  public static void finish(ByteBuf out, int mark) {
    out.setInt(mark, out.writerIndex() - mark);
  }

  /** A frame without a body. */
  public static void empty(ByteBuf out, byte tag) {
    out.writeByte(tag);
    out.writeInt(4);
  }

  /** A zero-terminated string. */
  public static void cstring(ByteBuf out, CharSequence text) {
    if (WireText.isEscaped(text)) {
      out.writeBytes(WireText.encode(text));
    } else {
      ByteBufUtil.writeUtf8(out, text);
    }
    out.writeByte(0);
  }

  /** A frame whose body is one zero-terminated string (Query, CommandComplete, ...). */
  public static void string(ByteBuf out, byte tag, CharSequence text) {
    int mark = begin(out, tag);
    cstring(out, text);
    finish(out, mark);
  }

  /** ReadyForQuery with the status I, T or E. */
  public static void ready(ByteBuf out, byte status) {
    out.writeByte(BackendTag.READY);
    out.writeInt(5);
    out.writeByte(status);
  }

  /** ParameterStatus. */
  public static void parameterStatus(ByteBuf out, String name, String value) {
    int mark = begin(out, BackendTag.PARAMETER_STATUS);
    cstring(out, name);
    cstring(out, value);
    finish(out, mark);
  }

  /** ErrorResponse, or NoticeResponse if the severity is one of a notice. */
  public static void error(ByteBuf out, PgError error) {
    boolean notice =
        switch (error.severity()) {
          case ERROR, FATAL -> false;
          case WARNING, NOTICE, INFO -> true;
        };
    int mark = begin(out, notice ? BackendTag.NOTICE : BackendTag.ERROR);
    field(out, 'S', error.severity().name());
    field(out, 'V', error.severity().name());
    field(out, 'C', error.code());
    field(out, 'M', error.message());
    String detail = error.detail();
    if (detail != null) {
      field(out, 'D', detail);
    }
    String hint = error.hint();
    if (hint != null) {
      field(out, 'H', hint);
    }
    String routine = error.routine();
    if (routine != null) {
      field(out, 'R', routine);
    }
    out.writeByte(0);
    finish(out, mark);
  }

  private static void field(ByteBuf out, char kind, String text) {
    out.writeByte(kind);
    // A zero byte would end the field early and shift all that follows.
    cstring(out, text.indexOf('\0') < 0 ? text : text.replace('\0', ' '));
  }

  /**
   * RowDescription.
   *
   * @param formats result format codes as in Bind: none, one for all, or one per column
   */
  public static void rowDescription(ByteBuf out, List<Column> columns, short[] formats) {
    int mark = begin(out, BackendTag.ROW_DESCRIPTION);
    out.writeShort(columns.size());
    for (int i = 0; i < columns.size(); i++) {
      Column column = columns.get(i);
      cstring(out, column.name());
      out.writeInt(0);
      out.writeShort(0);
      out.writeInt(column.typeOid());
      out.writeShort(column.typeLength());
      out.writeInt(-1);
      out.writeShort(Formats.of(formats, i));
    }
    finish(out, mark);
  }

  /** ParameterDescription. */
  public static void parameterDescription(ByteBuf out, int[] types) {
    int mark = begin(out, BackendTag.PARAMETER_DESCRIPTION);
    out.writeShort(types.length);
    for (int type : types) {
      out.writeInt(type);
    }
    finish(out, mark);
  }

  /** Query. */
  public static void query(ByteBuf out, String sql) {
    string(out, FrontendTag.QUERY, sql);
  }

  /** The byte length of a string in UTF-8. */
  public static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
