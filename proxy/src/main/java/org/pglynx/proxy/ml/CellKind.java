package org.pglynx.proxy.ml;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.data.DataSetBuilder;
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
  TEXT(-1);

  private static final int BPCHAR = 1042;
  private static final int NAME = 19;

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
      case Oid.TEXT, Oid.VARCHAR, BPCHAR, NAME -> TEXT;
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

  /** Reads a value of the length into the builder. */
  void read(ByteBuf in, int at, int length, DataSetBuilder builder) throws PgErrorException {
    if (size >= 0 && length != size) {
      throw PgError.error(
              SqlState.PROTOCOL_VIOLATION,
              "COPY sent %d bytes for a value of %s".formatted(length, this))
          .toException();
    }
    switch (this) {
      case INT2 -> builder.number(in.getShort(at));
      case INT4 -> builder.number(in.getInt(at));
      case INT8 -> builder.number(in.getLong(at));
      case FLOAT4 -> builder.number(in.getFloat(at));
      case FLOAT8 -> builder.number(in.getDouble(at));
      case BOOL -> builder.number(in.getByte(at));
      case NUMERIC -> builder.number(NumericBinary.toDouble(in.nioBuffer(at, length)));
      case TEXT -> {
        byte[] bytes = new byte[length];
        in.getBytes(at, bytes);
        builder.text(bytes, 0, length);
      }
    }
  }
}
