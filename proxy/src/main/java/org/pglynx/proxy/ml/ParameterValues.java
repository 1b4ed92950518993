package org.pglynx.proxy.ml;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.wire.NumericBinary;
import org.pglynx.proxy.wire.Oid;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/** Reads bound parameters of scalar types, in text and binary format. */
final class ParameterValues {
  private ParameterValues() {}

  /** The value in text form, null for NULL. */
  static @Nullable String text(Arguments arguments, int index, int oid) throws PgErrorException {
    byte[] value = value(arguments, index);
    if (value == null || !arguments.binary(index)) {
      return value == null ? null : decoded(arguments, index, value, 0);
    }
    return switch (oid) {
      case Oid.BOOL -> size(index, value, 1).get() == 0 ? "false" : "true";
      case Oid.INT2 -> Short.toString(size(index, value, 2).getShort());
      case Oid.INT4 -> Integer.toString(size(index, value, 4).getInt());
      case Oid.INT8 -> Long.toString(size(index, value, 8).getLong());
      case Oid.FLOAT4 -> Float.toString(size(index, value, 4).getFloat());
      case Oid.FLOAT8 -> Double.toString(size(index, value, 8).getDouble());
      case Oid.NUMERIC -> new BigDecimal(NumericBinary.toDouble(ByteBuffer.wrap(value))).toString();
      case Oid.TEXT_ARRAY, 1015 -> TextArray.text(value);
      // jsonb_recv: a version byte before the text.
      case Oid.JSONB -> decoded(arguments, index, value, 1);
      default -> decoded(arguments, index, value, 0);
    };
  }

  /** The text of the bytes from that one on, which must be UTF-8 or what all encodings have. */
  private static String decoded(Arguments arguments, int index, byte[] value, int from)
      throws PgErrorException {
    for (int i = from; i < value.length && !arguments.utf8(); i++) {
      if (value[i] < 0) {
        throw PgError.error(
                SqlState.FEATURE_NOT_SUPPORTED,
                "parameter $%d is read only if client_encoding is UTF8".formatted(index + 1))
            .withHint("SET client_encoding TO UTF8.")
            .toException();
      }
    }
    return new String(value, from, value.length - from, StandardCharsets.UTF_8);
  }

  /** The value as a number; booleans are 0 and 1. The value must not be NULL. */
  static double number(Arguments arguments, int index, int oid) throws PgErrorException {
    byte[] value = value(arguments, index);
    if (value == null) {
      throw new IllegalArgumentException("parameter " + index + " is NULL");
    }
    if (!arguments.binary(index)) {
      return textNumber(new String(value, StandardCharsets.UTF_8), oid);
    }
    return switch (oid) {
      case Oid.BOOL -> size(index, value, 1).get();
      case Oid.INT2 -> size(index, value, 2).getShort();
      case Oid.INT4 -> size(index, value, 4).getInt();
      case Oid.INT8 -> size(index, value, 8).getLong();
      case Oid.FLOAT4 -> size(index, value, 4).getFloat();
      case Oid.FLOAT8 -> size(index, value, 8).getDouble();
      case Oid.NUMERIC -> NumericBinary.toDouble(ByteBuffer.wrap(value));
      default -> textNumber(new String(value, StandardCharsets.UTF_8), oid);
    };
  }

  /** The same as a feature. */
  static double feature(Arguments arguments, int index, int oid) throws PgErrorException {
    double value = number(arguments, index, oid);
    byte[] bytes = value(arguments, index);
    return bytes == null || arguments.binary(index) || !Float.isInfinite((float) value)
        ? RealRange.within(value)
        : RealRange.within(value, new String(bytes, StandardCharsets.UTF_8));
  }

  private static double textNumber(String text, int oid) throws PgErrorException {
    if (oid == Oid.BOOL) {
      return BooleanText.parse(text) ? 1 : 0;
    }
    try {
      return FloatParser.parse(text);
    } catch (NumberFormatException e) {
      throw CallValues.invalid("real", text).toException();
    }
  }

  /** The raw value, null for NULL. */
  static byte @Nullable [] value(Arguments arguments, int index) throws PgErrorException {
    if (index >= arguments.count()) {
      throw PgError.error(SqlState.UNDEFINED_PARAMETER, "there is no parameter $" + (index + 1))
          .toException();
    }
    return arguments.values()[index];
  }

  private static ByteBuffer size(int index, byte[] value, int size) throws PgErrorException {
    if (value.length != size) {
      throw PgError.error(
              SqlState.PROTOCOL_VIOLATION,
              "incorrect binary data format in bind parameter " + (index + 1))
          .toException();
    }
    return ByteBuffer.wrap(value);
  }
}
