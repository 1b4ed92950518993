package org.pglynx.proxy.ml;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** Fields of COPY's text format (copyto.c, CopyAttributeOutText). */
final class TextCells implements CopyCells {
  private static final String LETTERS = "bfnrtv";
  private static final String CONTROLS = "\b\f\n\r\t\u000b";

  private final byte delimiter;
  private final byte[] nullText;

  TextCells(CopyFormat format) {
    this.delimiter = format.delimiter();
    this.nullText = format.nullText().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public int first(ByteBuf in, int from, int to) {
    return from < to ? from : -1;
  }

  @Override
  public int end(ByteBuf in, int at, int to) {
    for (int i = at; i < to; i++) {
      byte each = in.getByte(i);
      if (each == delimiter || each == '\n') {
        return i;
      }
      i += each == '\\' ? 1 : 0;
    }
    return to;
  }

  @Override
  public int next(ByteBuf in, int end, int to) {
    return end < to && in.getByte(end) == delimiter ? end + 1 : -1;
  }

  @Override
  public int decode(ByteBuf in, int at, int end, ByteBuf value) {
    if (isNull(in, at, end, nullText)) {
      return -1;
    }
    int begin = value.writerIndex();
    for (int i = at; i < end; i++) {
      byte each = in.getByte(i);
      if (each == '\\' && i + 1 < end) {
        each = in.getByte(++i);
        int control = LETTERS.indexOf(each);
        each = control < 0 ? each : (byte) CONTROLS.charAt(control);
      }
      value.writeByte(each);
    }
    return value.writerIndex() - begin;
  }

  /** Whether the field is written like NULL. */
  static boolean isNull(ByteBuf in, int at, int end, byte[] nullText) {
    if (end - at != nullText.length) {
      return false;
    }
    for (int i = 0; i < nullText.length; i++) {
      if (in.getByte(at + i) != nullText[i]) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void encode(ByteBuf value, int length, ByteBuf out) {
    if (length < 0) {
      out.writeBytes(nullText);
      return;
    }
    for (int i = value.readerIndex(); i < value.readerIndex() + length; i++) {
      byte each = value.getByte(i);
      int control = each < 0 ? -1 : CONTROLS.indexOf(each);
      if (each == '\\' || each == delimiter || control >= 0) {
        out.writeByte('\\');
      }
      out.writeByte(control >= 0 ? LETTERS.charAt(control) : each);
    }
  }
}
