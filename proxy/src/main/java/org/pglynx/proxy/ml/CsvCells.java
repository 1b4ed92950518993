package org.pglynx.proxy.ml;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** Fields of COPY's csv format (copyto.c, CopyAttributeOutCSV). */
final class CsvCells implements CopyCells {
  private final byte delimiter;
  private final byte quote;
  private final byte escape;
  private final byte[] nullText;

  CsvCells(CopyFormat format) {
    this.delimiter = format.delimiter();
    this.quote = format.quote();
    this.escape = format.escape();
    this.nullText = format.nullText().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public int first(ByteBuf in, int from, int to) {
    return from < to ? from : -1;
  }

  @Override
  public int end(ByteBuf in, int at, int to) {
    boolean quoted = false;
    for (int i = at; i < to; i++) {
      byte each = in.getByte(i);
      if (quoted && each == escape && i + 1 < to && isQuoting(in.getByte(i + 1))) {
        i++;
      } else if (each == quote) {
        quoted = !quoted;
      } else if (!quoted && (each == delimiter || each == '\n')) {
        return i;
      }
    }
    return to;
  }

  private boolean isQuoting(byte each) {
    return each == quote || each == escape;
  }

  @Override
  public int next(ByteBuf in, int end, int to) {
    return end < to && in.getByte(end) == delimiter ? end + 1 : -1;
  }

  @Override
  public int decode(ByteBuf in, int at, int end, ByteBuf value) {
    if (TextCells.isNull(in, at, end, nullText)) {
      return -1;
    }
    int begin = value.writerIndex();
    boolean quoted = at < end && in.getByte(at) == quote;
    int to = quoted ? end - 1 : end;
    for (int i = quoted ? at + 1 : at; i < to; i++) {
      byte each = in.getByte(i);
      if (quoted && each == escape && i + 1 < to) {
        each = in.getByte(++i);
      }
      value.writeByte(each);
    }
    return value.writerIndex() - begin;
  }

  @Override
  public void encode(ByteBuf value, int length, ByteBuf out) {
    if (length < 0) {
      out.writeBytes(nullText);
      return;
    }
    int from = value.readerIndex();
    int to = from + length;
    if (!needsQuotes(value, from, to)) {
      out.writeBytes(value, from, length);
      return;
    }
    out.writeByte(quote);
    for (int i = from; i < to; i++) {
      byte each = value.getByte(i);
      if (isQuoting(each)) {
        out.writeByte(escape);
      }
      out.writeByte(each);
    }
    out.writeByte(quote);
  }

  private boolean needsQuotes(ByteBuf value, int from, int to) {
    // "\." alone in a line would end the data.
    boolean ends = to - from == 2 && value.getByte(from) == '\\' && value.getByte(from + 1) == '.';
    if (ends || TextCells.isNull(value, from, to, nullText)) {
      return true;
    }
    for (int i = from; i < to; i++) {
      byte each = value.getByte(i);
      if (each == delimiter || each == quote || each == '\n' || each == '\r') {
        return true;
      }
    }
    return false;
  }
}
