package org.pglynx.proxy.ml;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.pglynx.proxy.wire.Column;

/**
 * Rows as one JSON document, an array of objects of texts. It is plain ASCII without a dollar, so
 * that it means the same in every encoding and can stand between dollar quotes.
 */
final class GivenRows {
  private static final int HEADER = 5;
  private static final String QUOTE = "$rows$";

  private final List<Column> columns;
  private final StringBuilder out = new StringBuilder("[");

  GivenRows(List<Column> columns) {
    this.columns = columns;
  }

  /** Adds DataRow frames with values in text form. */
  void add(ByteBuf frames) {
    for (int at = frames.readerIndex();
        at < frames.writerIndex();
        at += 1 + frames.getInt(at + 1)) {
      out.append(out.length() > 1 ? "," : "").append('{');
      row(frames, at + HEADER + 2);
      out.append('}');
    }
  }

  private void row(ByteBuf frames, int from) {
    int at = from;
    for (int i = 0; i < columns.size(); i++) {
      int length = frames.getInt(at);
      out.append(i > 0 ? "," : "").append('"').append(columns.get(i).name()).append("\":");
      if (length < 0) {
        out.append("null");
      } else {
        text(frames.toString(at + 4, length, StandardCharsets.UTF_8));
      }
      at += 4 + Math.max(length, 0);
    }
  }

  private void text(String value) {
    out.append('"');
    char[] quoted = JsonStringEncoder.getInstance().quoteAsString(value);
    for (char each : quoted) {
      if (each > 0x7e || each == '$') {
        out.append("\\u%04x".formatted((int) each));
      } else {
        out.append(each);
      }
    }
    out.append('"');
  }

  /** How much there is already. */
  int length() {
    return out.length();
  }

  /** The document. */
  String document() {
    return out + "]";
  }

  /** A document as a literal. */
  static String literal(String document) {
    return QUOTE + document + QUOTE + "::pg_catalog.jsonb";
  }
}
