package org.pglynx.proxy.shard;

import java.math.BigDecimal;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.Formats;
import org.pglynx.proxy.wire.NumericBinary;
import org.pglynx.proxy.wire.Oid;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/**
 * Reads values of a result's column so that they compare as Postgres compares them. Texts are not
 * among the types: their order is that of a collation, which nobody but the server knows.
 *
 * @param oid the type
 * @param binary whether the values are in binary format
 */
record CellType(int oid, boolean binary) {
  private static final int DATE = 1082;

  /** Where a numeric in binary format has its sign, or what it is if it is no number. */
  private static final int SIGN = 2 * Short.BYTES;

  /** What a numeric may be besides a number: less than all, greater than all, or yet greater. */
  private enum NoNumber {
    NEGATIVE_INFINITY,
    INFINITY,
    NAN;

    /** Compared with a number, which is between the first two. */
    private int order() {
      return this == NEGATIVE_INFINITY ? -1 : 1;
    }
  }

  /** A date, or date and time, as DateStyle ISO writes them. */
  private static final Pattern ISO_TIME =
      Pattern.compile("(\\d{4,7})-(\\d\\d)-(\\d\\d)(?: (\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?))?( BC)?");

  /** Whether values of the type can be compared in both formats. */
  static boolean compares(int oid) {
    return switch (oid) {
      case Oid.BOOL, Oid.INT2, Oid.INT4, Oid.INT8, Oid.FLOAT4, Oid.FLOAT8, Oid.NUMERIC -> true;
      case Oid.UUID, DATE, Oid.TIMESTAMP -> true;
      default -> false;
    };
  }

  /** The value, comparable with others of the type; two of them are of one class. */
  Comparable<?> value(byte[] cell) throws PgErrorException {
    try {
      return binary ? ofBinary(ByteBuffer.wrap(cell)) : ofText(cell);
    } catch (IllegalArgumentException | DateTimeException | BufferUnderflowException e) {
      throw PgError.error(
              SqlState.INTERNAL_ERROR,
              "a shard gives a value that is none of the type with oid " + oid)
          .toException();
    }
  }

  private Comparable<?> ofText(byte[] cell) throws PgErrorException {
    String text = new String(cell, StandardCharsets.UTF_8);
    return switch (oid) {
      case Oid.BOOL -> text.equals("t");
      case Oid.INT2, Oid.INT4, Oid.INT8 -> Long.parseLong(text);
      case Oid.FLOAT4, Oid.FLOAT8 -> Double.parseDouble(text) + 0.0;
      case Oid.NUMERIC -> numeric(text);
      case Oid.UUID -> new KeyValue.Uuid(UUID.fromString(text));
      case DATE, Oid.TIMESTAMP -> time(text);
      default -> throw unknown();
    };
  }

  private Comparable<?> ofBinary(ByteBuffer cell) throws PgErrorException {
    return switch (oid) {
      case Oid.BOOL -> cell.get() != 0;
      case Oid.INT2 -> (long) cell.getShort();
      case Oid.INT4, DATE -> (long) cell.getInt();
      case Oid.INT8, Oid.TIMESTAMP, Oid.TIMESTAMPTZ -> cell.getLong();
      case Oid.FLOAT4 -> cell.getFloat() + 0.0;
      case Oid.FLOAT8 -> cell.getDouble() + 0.0;
      case Oid.NUMERIC -> numeric(cell);
      case Oid.UUID -> new KeyValue.Uuid(new UUID(cell.getLong(), cell.getLong()));
      default -> throw unknown();
    };
  }

  private static Comparable<?> numeric(String text) {
    return switch (text) {
      case "NaN" -> NoNumber.NAN;
      case "Infinity" -> NoNumber.INFINITY;
      case "-Infinity" -> NoNumber.NEGATIVE_INFINITY;
      default -> new BigDecimal(text);
    };
  }

  private static Comparable<?> numeric(ByteBuffer cell) {
    BigDecimal number = NumericBinary.decode(cell);
    if (number != null) {
      return number;
    }
    return switch (cell.getShort(SIGN) & 0xffff) {
      case 0xd000 -> NoNumber.INFINITY;
      case 0xf000 -> NoNumber.NEGATIVE_INFINITY;
      default -> NoNumber.NAN;
    };
  }

  private Comparable<?> time(String text) throws PgErrorException {
    if (text.endsWith("infinity")) {
      return text.startsWith("-") ? LocalDateTime.MIN : LocalDateTime.MAX;
    }
    Matcher parts = ISO_TIME.matcher(text);
    if (!parts.matches()) {
      throw PgError.error(
              SqlState.FEATURE_NOT_SUPPORTED,
              "the time \"" + text + "\" is not compared over shards; DateStyle must be ISO")
          .toException();
    }
    int year = Integer.parseInt(parts.group(1));
    String time = parts.group(4);
    // The year before 1 is 1 BC.
    return LocalDate.of(
            parts.group(5) == null ? year : 1 - year,
            Integer.parseInt(parts.group(2)),
            Integer.parseInt(parts.group(3)))
        .atTime(time == null ? LocalTime.MIDNIGHT : LocalTime.parse(time));
  }

  private PgErrorException unknown() {
    return PgError.error(
            SqlState.FEATURE_NOT_SUPPORTED,
            "values of the type with oid %d in %s format are not compared over shards"
                .formatted(oid, binary ? "binary" : "text"))
        .withHint(
            oid == Oid.TEXT || oid == Oid.VARCHAR
                ? "The order of texts is that of the database's collation."
                : null)
        .toException();
  }

  /** Compares two values of one column; NULL is not among them. */
  @SuppressWarnings("unchecked")
  static int compare(Comparable<?> one, Comparable<?> other) {
    if (one instanceof NoNumber none && !(other instanceof NoNumber)) {
      return none.order();
    }
    if (other instanceof NoNumber none && !(one instanceof NoNumber)) {
      return -none.order();
    }
    return ((Comparable<Object>) one).compareTo(other);
  }

  /** The column's type. */
  static @Nullable CellType at(int[] types, short[] formats, int column) {
    return column < types.length
        ? new CellType(types[column], Formats.of(formats, column) == Formats.BINARY)
        : null;
  }
}
