package org.pglynx.proxy.ml;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.pglynx.proxy.wire.Oid;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * Features of a column whose type no text tells, as record_send writes a row of it: how many
 * columns, which is one, the type's OID, the value's length, the value in binary. Types of schemas
 * have any OID: domains of arrays, and pgvector's, are known by the value. Where the binary form
 * does not tell enough, the type's name is in its place, and behind it a row as it is sent.
 */
final class TypedFeatures {
  private static final int HEADER = 12;
  private static final int BPCHAR = 1042;
  private static final int DATE = 1082;
  private static final int MAX_DIMENSIONS = 6;

  private TypedFeatures() {}

  /** Reads the value into the row; false if it is NULL. */
  static boolean read(
      ByteBuf in, int from, LoadedModel model, FeatureRow row, PredictColumn.Unfit unfit)
      throws PgErrorException {
    if (in.getInt(from) > 1) {
      return row(in, from + HEADER, model, row, unfit);
    }
    int type = in.getInt(from + 4);
    int length = in.getInt(from + 8);
    int at = from + HEADER;
    if (length < 0) {
      return false;
    }
    switch (type) {
      case Oid.JSON -> json(in, at, length, model, row);
      case Oid.JSONB -> json(in, at + 1, length - 1, model, row);
      case Oid.TEXT, Oid.VARCHAR, BPCHAR -> FeatureText.read(in, at, length, row);
      default -> {
        if (isArray(in, at, length)) {
          FeatureBinary.read(in, at, length, row);
        } else if (!Oid.ofSchema(type) || !vector(in, at, length, row)) {
          throw unfit.of(name(type)).toException();
        }
      }
    }
    return true;
  }

  /** Reads the row that stands behind the name of its type. */
  private static boolean row(
      ByteBuf in, int from, LoadedModel model, FeatureRow row, PredictColumn.Unfit unfit)
      throws PgErrorException {
    int name = in.getInt(from - 4);
    int length = in.getInt(from + name + 4);
    int at = from + name + 8;
    if (length < 0) {
      return false;
    }
    String type = in.toString(from, name, StandardCharsets.UTF_8);
    if (in.getByte(at) != '{' && in.getByte(at) != '[') {
      throw unfit.of(type).toException();
    }
    boolean unnamed = type.equals("record") && UnnamedRow.is(in, at, length, model);
    FeatureForm form = unnamed ? FeatureForm.RECORD : FeatureForm.NAMED;
    RecordFeatures.read(in, at, length, form, model, row);
    return true;
  }

  private static void json(ByteBuf in, int at, int length, LoadedModel model, FeatureRow row)
      throws PgErrorException {
    RecordFeatures.read(in, at, length, FeatureForm.NAMED, model, row);
  }

  /** Dimensions, a flag, the elements' type; a record has the OID of a type where the flag is. */
  private static boolean isArray(ByteBuf in, int at, int length) {
    return length >= HEADER
        && Integer.compareUnsigned(in.getInt(at), MAX_DIMENSIONS) <= 0
        && Integer.compareUnsigned(in.getInt(at + 4), 1) <= 0
        && in.getInt(at + 8) != 0;
  }

  /** Reads pgvector's vector or halfvec: the number of dimensions, a zero, the numbers. */
  private static boolean vector(ByteBuf in, int at, int length, FeatureRow row) {
    int count = length < 4 ? 0 : in.getUnsignedShort(at);
    int size = count == 0 || in.getShort(at + 2) != 0 ? 0 : (length - 4) / count;
    if (size * count != length - 4 || size != Float.BYTES && size != Short.BYTES) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      int place = at + 4 + i * size;
      row.add(size == Float.BYTES ? in.getFloat(place) : Float.float16ToFloat(in.getShort(place)));
    }
    return true;
  }

  private static String name(int type) {
    return switch (type) {
      case Oid.BOOL -> "boolean";
      case Oid.INT2 -> "smallint";
      case Oid.INT4 -> "integer";
      case Oid.INT8 -> "bigint";
      case Oid.FLOAT4 -> "real";
      case Oid.FLOAT8 -> "double precision";
      case Oid.NUMERIC -> "numeric";
      case Oid.BYTEA -> "bytea";
      case Oid.UUID -> "uuid";
      case Oid.RECORD -> "record";
      case DATE -> "date";
      case Oid.TIMESTAMP -> "timestamp without time zone";
      case Oid.TIMESTAMPTZ -> "timestamp with time zone";
      default -> "OID " + Integer.toUnsignedString(type);
    };
  }
}
