package org.pglynx.proxy.ml;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.pglynx.proxy.wire.NumericBinary;
import org.pglynx.proxy.wire.Oid;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/** Numeric arrays in binary format (array_send), of any number of dimensions, flattened. */
final class FeatureBinary {
  private static final int HEADER = 12;
  private static final int DIMENSION = 8;
  private static final int REAL = 8;
  private static final int MAX_DIMENSIONS = 6;

  private FeatureBinary() {}

  /** Reads the array in the bytes into the row. */
  static void read(ByteBuf in, int from, int length, FeatureRow row) throws PgErrorException {
    if (in.hasArray() && readReals(in.array(), in.arrayOffset() + from, length, row)) {
      return;
    }
    row.clear();
    int to = from + length;
    int dimensions = length < HEADER ? -1 : in.getInt(from);
    if (dimensions < 0 || dimensions > MAX_DIMENSIONS || length < HEADER + dimensions * DIMENSION) {
      throw malformed();
    }
    int element = in.getInt(from + 8);
    long count = dimensions == 0 ? 0 : 1;
    for (int i = 0; i < dimensions; i++) {
      count *= in.getInt(from + HEADER + i * DIMENSION);
    }
    int at = from + HEADER + dimensions * DIMENSION;
    for (long i = 0; i < count; i++) {
      if (at + 4 > to) {
        throw malformed();
      }
      int size = in.getInt(at);
      at += 4;
      if (size < 0) {
        row.addNull();
      } else if (size > to - at) {
        throw malformed();
      } else {
        row.add(element(in, at, size, element));
        at += size;
      }
    }
    if (at != to) {
      throw malformed();
    }
  }

  /** Reads one dimension of real without NULL, which rewritten statements ask for; else false. */
  private static boolean readReals(byte[] in, int from, int length, FeatureRow row) {
    if (length < HEADER + DIMENSION
        || BigEndian.int32(in, from) != 1
        || BigEndian.int32(in, from + 8) != Oid.FLOAT4
        || BigEndian.int32(in, from + HEADER) != (length - HEADER - DIMENSION) / REAL
        || (length - HEADER - DIMENSION) % REAL != 0) {
      return false;
    }
    for (int at = from + HEADER + DIMENSION; at < from + length; at += REAL) {
      if (BigEndian.int32(in, at) != Float.BYTES) {
        return false;
      }
      row.add(BigEndian.float32(in, at + 4));
    }
    return true;
  }

  private static double element(ByteBuf in, int at, int size, int oid) throws PgErrorException {
    return switch (oid) {
      case Oid.FLOAT4 -> in.getFloat(sized(at, size, 4));
      case Oid.FLOAT8 -> RealRange.within(in.getDouble(sized(at, size, 8)));
      case Oid.INT2 -> in.getShort(sized(at, size, 2));
      case Oid.INT4 -> in.getInt(sized(at, size, 4));
      case Oid.INT8 -> in.getLong(sized(at, size, 8));
      case Oid.BOOL -> in.getByte(sized(at, size, 1));
      case Oid.OID -> in.getUnsignedInt(sized(at, size, 4));
      case Oid.TEXT, Oid.VARCHAR, Oid.BPCHAR, Oid.NAME -> text(in, at, size);
      case Oid.NUMERIC -> RealRange.within(NumericBinary.toDouble(in.nioBuffer(at, size)));
      case Oid.DATE -> Epochs.ofDate(in.getInt(sized(at, size, 4)));
      case Oid.TIME -> Epochs.ofMicros(in.getLong(sized(at, size, 8)));
      case Oid.TIMESTAMP, Oid.TIMESTAMPTZ -> Epochs.ofTimestamp(in.getLong(sized(at, size, 8)));
      case Oid.INTERVAL -> interval(in, sized(at, size, 16));
      default ->
          throw PgError.error(
                  SqlState.DATATYPE_MISMATCH,
                  "features must be an array of numbers, not of the type with OID " + oid)
              .toException();
    };
  }

  private static double interval(ByteBuf in, int at) {
    return Epochs.ofInterval(in.getLong(at), in.getInt(at + 8), in.getInt(at + 12));
  }

  private static double text(ByteBuf in, int at, int size) throws PgErrorException {
    String text = in.toString(at, size, StandardCharsets.UTF_8);
    try {
      return RealRange.within(FloatParser.parse(text), text);
    } catch (NumberFormatException e) {
      throw PgError.error(
              SqlState.INVALID_TEXT, "a feature is a number, got \"%s\"".formatted(text))
          .toException();
    }
  }

  private static int sized(int at, int size, int expected) throws PgErrorException {
    if (size != expected) {
      throw malformed();
    }
    return at;
  }

  private static PgErrorException malformed() {
    return PgError.error(
            SqlState.PROTOCOL_VIOLATION, "incorrect binary data format of an array of features")
        .toException();
  }
}
