package org.pglynx.proxy.ml;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.Column;
import org.pglynx.proxy.wire.FloatText;
import org.pglynx.proxy.wire.Oid;

/** Composite values as record_out and record_send write them. */
final class RecordValue {
  private RecordValue() {}

  /** Text form: {@code ("Two words",classification,xgboost,t)}. */
  static String text(List<@Nullable Object> values) {
    StringBuilder out = new StringBuilder("(");
    for (int i = 0; i < values.size(); i++) {
      out.append(i == 0 ? "" : ",");
      Object value = values.get(i);
      if (value != null) {
        field(out, plain(value));
      }
    }
    return out.append(')').toString();
  }

  private static String plain(Object value) {
    return switch (value) {
      case Boolean bool -> bool ? "t" : "f";
      case Double number -> FloatText.of(number);
      default -> value.toString();
    };
  }

  private static void field(StringBuilder out, String text) {
    boolean quote =
        text.isEmpty()
            || text.chars().anyMatch(c -> "\"\\(),".indexOf(c) >= 0 || Character.isWhitespace(c));
    out.append(quote ? '"' + text.replace("\\", "\\\\").replace("\"", "\"\"") + '"' : text);
  }

  /** Binary form: the number of fields, then each one's type, length and value. */
  static byte[] binary(List<Column> columns, List<@Nullable Object> values) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(values.size());
      for (int i = 0; i < values.size(); i++) {
        out.writeInt(columns.get(i).typeOid());
        Object value = values.get(i);
        if (value == null) {
          out.writeInt(-1);
        } else {
          field(out, columns.get(i), value);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void field(DataOutputStream out, Column column, Object value) throws IOException {
    switch (column.typeOid()) {
      case Oid.BOOL -> {
        out.writeInt(1);
        out.writeBoolean((Boolean) value);
      }
      case Oid.INT8 -> {
        out.writeInt(8);
        out.writeLong((Long) value);
      }
      case Oid.FLOAT8 -> {
        out.writeInt(8);
        out.writeDouble((Double) value);
      }
      case Oid.JSONB -> {
        byte[] text = value.toString().getBytes(StandardCharsets.UTF_8);
        out.writeInt(text.length + 1);
        // jsonb_send: a version byte before the text.
        out.writeByte(1);
        out.write(text);
      }
      default -> {
        byte[] text = value.toString().getBytes(StandardCharsets.UTF_8);
        out.writeInt(text.length);
        out.write(text);
      }
    }
  }
}
