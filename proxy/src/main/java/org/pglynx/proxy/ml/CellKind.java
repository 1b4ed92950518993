package org.pglynx.proxy.ml;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.data.DataSetBuilder;
import org.pglynx.proxy.wire.NumericBinary;
import org.pglynx.proxy.wire.Oid;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/** How a cell of a training column is read from binary COPY. */
enum CellKind {
  /** smallint. */
  INT2(2),
  /** integer. */
  INT4(4),
  /** bigint. */
  INT8(8),
  /** real. */
  FLOAT4(4),
  /** double precision. */
  FLOAT8(8),
  /** boolean. */
  BOOL(1),
  /** numeric. */
  NUMERIC(-1),
  /** text, varchar, char(n), enums. */
  TEXT(-1),
  /** date: days since 2000, learnt from as seconds since 1970. */
  DATE(4),
  /** time: microseconds, learnt from as seconds of the day. */
  TIME(8),
  /** timestamp and timestamptz: microseconds since 2000, learnt from as seconds since 1970. */
  TIMESTAMP(8),
  /** interval: microseconds, days and months, learnt from as seconds. */
  INTERVAL(16),
  /** uuid, a category. */
  UUID(16);

  /** What every type can be read as. */
  static final String ANY = "text";

  private static final int UUID_OID = 2950;

  private final int size;

  CellKind(int size) {
    this.size = size;
  }

  /** The kind of a scalar type, or null if it cannot be learnt from. */
  static @Nullable CellKind ofScalar(int oid, boolean isEnum) {
    return switch (oid) {
      case Oid.INT2 -> INT2;
      case Oid.INT4 -> INT4;
      case Oid.INT8 -> INT8;
      case Oid.FLOAT4 -> FLOAT4;
      case Oid.FLOAT8 -> FLOAT8;
      case Oid.BOOL -> BOOL;
      case Oid.NUMERIC -> NUMERIC;
      case Oid.TEXT, Oid.VARCHAR, Oid.BPCHAR, Oid.NAME -> TEXT;
      case Oid.DATE -> DATE;
      case Oid.TIME -> TIME;
      case Oid.TIMESTAMP, Oid.TIMESTAMPTZ -> TIMESTAMP;
      case Oid.INTERVAL -> INTERVAL;
      case UUID_OID -> UUID;
      default -> isEnum ? TEXT : null;
    };
  }

  /** The kind of an array type's elements, or null if it is no array of numbers. */
  static @Nullable CellKind ofElements(int arrayOid) {
    return switch (arrayOid) {
      case Oid.INT2_ARRAY -> INT2;
      case Oid.INT4_ARRAY -> INT4;
      case Oid.INT8_ARRAY -> INT8;
      case Oid.FLOAT4_ARRAY -> FLOAT4;
      case Oid.FLOAT8_ARRAY -> FLOAT8;
      case Oid.BOOL_ARRAY -> BOOL;
      case Oid.NUMERIC_ARRAY -> NUMERIC;
      default -> null;
    };
  }

  /**
   * The type in pg_catalog that a scalar of the type is read as: a cast to it changes nothing, but
   * that it takes the blanks from char(n) which fill it up.
   */
  String readAs(int oid) {
    return switch (this) {
      case INT2, INT4, INT8, FLOAT4, FLOAT8, BOOL, NUMERIC, DATE, TIME, INTERVAL, UUID ->
          name().toLowerCase(Locale.ROOT);
      case TIMESTAMP -> oid == Oid.TIMESTAMPTZ ? "timestamptz" : "timestamp";
      case TEXT -> ANY;
    };
  }

  /** Whether values are points in time or spans of it. */
  boolean time() {
    return switch (this) {
      case DATE, TIME, TIMESTAMP, INTERVAL -> true;
      case INT2, INT4, INT8, FLOAT4, FLOAT8, BOOL, NUMERIC, TEXT, UUID -> false;
    };
  }

  /** Reads a value of the length into the builder. */
  void read(byte[] in, int at, int length, DataSetBuilder builder) throws PgErrorException {
    if (size >= 0 && length != size) {
      throw PgError.error(
              SqlState.PROTOCOL_VIOLATION,
              "COPY sent %d bytes for a value of %s".formatted(length, this))
          .toException();
    }
    switch (this) {
      case INT2 -> builder.number(BigEndian.int16(in, at));
      case INT4 -> builder.number(BigEndian.int32(in, at));
      case INT8 -> builder.number(BigEndian.int64(in, at));
      case FLOAT4 -> builder.real(BigEndian.float32(in, at));
      case FLOAT8 -> builder.number(BigEndian.float64(in, at));
      case BOOL -> builder.number(in[at]);
      case NUMERIC -> builder.number(NumericBinary.toDouble(ByteBuffer.wrap(in, at, length)));
      case TEXT -> builder.text(in, at, length);
      case DATE -> builder.number(Epochs.ofDate(BigEndian.int32(in, at)));
      case TIME -> builder.number(Epochs.ofMicros(BigEndian.int64(in, at)));
      case TIMESTAMP -> builder.number(Epochs.ofTimestamp(BigEndian.int64(in, at)));
      case INTERVAL ->
          builder.number(
              Epochs.ofInterval(
                  BigEndian.int64(in, at),
                  BigEndian.int32(in, at + 8),
                  BigEndian.int32(in, at + 12)));
      case UUID -> {
        byte[] text =
            new java.util.UUID(BigEndian.int64(in, at), BigEndian.int64(in, at + 8))
                .toString()
                .getBytes(StandardCharsets.US_ASCII);
        builder.text(text, 0, text.length);
      }
    }
  }
}
