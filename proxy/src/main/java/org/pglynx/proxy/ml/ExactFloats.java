package org.pglynx.proxy.ml;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.pglynx.proxy.wire.Oid;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * The floats of a row in binary, which come behind its JSON where the session's extra_float_digits
 * makes texts of floats too short: a blank, and in hexadecimal digits what record_send makes of a
 * row of the row.
 */
final class ExactFloats {
  static final ExactFloats NONE = new ExactFloats(Unpooled.EMPTY_BUFFER, List.of());

  /** Of the number of columns in hexadecimal digits, which is at most 1664. */
  private static final String FEW_COLUMNS = "0000";

  private final ByteBuf in;
  private final List<Field> fields;

  /** A value of a record; of arrays and numbers. */
  private record Field(int type, int at, int length) {}

  private ExactFloats(ByteBuf in, List<Field> fields) {
    this.in = in;
    this.fields = fields;
  }

  /** Where they begin in the text of a row, or the text's length if there are none. */
  static int begin(byte[] text) {
    int at = text.length;
    while (at > 0 && isHexDigit(text[at - 1])) {
      at--;
    }
    boolean there =
        at > 0
            && text[at - 1] == ' '
            && text.length - at >= 2 * Integer.BYTES
            && new String(text, at, FEW_COLUMNS.length(), StandardCharsets.US_ASCII)
                .equals(FEW_COLUMNS);
    return there ? at : text.length;
  }

  private static boolean isHexDigit(byte c) {
    return c >= '0' && c <= '9' || c >= 'a' && c <= 'f';
  }

  /** Those that begin there. */
  static ExactFloats of(byte[] text, int begin) {
    if (begin == text.length) {
      return NONE;
    }
    String digits = new String(text, begin, text.length - begin, StandardCharsets.US_ASCII);
    ByteBuf in = Unpooled.wrappedBuffer(HexFormat.of().parseHex(digits));
    List<Field> outer = fields(in, 0, in.capacity());
    List<Field> inner = List.of();
    if (outer.size() == 1) {
      Field only = outer.get(0);
      boolean row = only.type() == Oid.RECORD || Oid.ofSchema(only.type());
      inner = row ? fields(in, only.at(), only.at() + only.length()) : inner;
    }
    return new ExactFloats(in, inner.isEmpty() ? outer : inner);
  }

  /** Those of a record, none if it is something else; a domain's are left to the text. */
  private static List<Field> fields(ByteBuf in, int from, int to) {
    List<Field> fields = new ArrayList<>();
    int at = from + 4;
    int count = at > to ? 0 : in.getInt(from);
    while (fields.size() < count && at + 8 <= to) {
      Field field = new Field(in.getInt(at), at + 8, in.getInt(at + 4));
      fields.add(field);
      at = field.at() + Math.max(field.length(), 0);
    }
    return fields.size() == count && at == to ? fields : List.of();
  }

  /** Whether that value of the row is a float. */
  boolean isFloat(int index) {
    return has(index, Oid.FLOAT4) || has(index, Oid.FLOAT8);
  }

  /** The float. */
  double at(int index) {
    Field field = fields.get(index);
    return field.type() == Oid.FLOAT4 ? in.getFloat(field.at()) : in.getDouble(field.at());
  }

  /** Whether that value of the row is an array of floats. */
  boolean isArray(int index) {
    return has(index, Oid.FLOAT4_ARRAY) || has(index, Oid.FLOAT8_ARRAY);
  }

  /** The array's elements. */
  FeatureRow elements(int index) throws PgErrorException {
    Field field = fields.get(index);
    FeatureRow row = new FeatureRow(0);
    FeatureBinary.read(in, field.at(), field.length(), row);
    return row;
  }

  private boolean has(int index, int type) {
    return index >= 0
        && index < fields.size()
        && fields.get(index).type() == type
        && fields.get(index).length() >= 0;
  }
}
