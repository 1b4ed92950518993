package org.pglynx.proxy.shard;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.pglynx.proxy.wire.Oid;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/**
 * Reads vectors: pgvector's {@code [1,2]} and PostgreSQL's {@code {1,2}}, and the binary forms of
 * both. What is not a list of finite numbers has no nearest centroid, and is an error.
 */
final class KeyVector {
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d+)?");

  private static final int ARRAY_HEAD = 5 * Integer.BYTES;
  private static final int VECTOR_HEAD = 2 * Short.BYTES;

  private KeyVector() {}

  static KeyValue ofText(KeyType type, String text) throws PgErrorException {
    String trimmed = text.strip();
    String around = type == KeyType.VECTOR ? "[]" : "{}";
    boolean framed =
        trimmed.length() > 2
            && trimmed.charAt(0) == around.charAt(0)
            && trimmed.charAt(trimmed.length() - 1) == around.charAt(1);
    if (!framed) {
      throw none(type, text);
    }
    List<Float> values = new ArrayList<>();
    for (String each : trimmed.substring(1, trimmed.length() - 1).split(",", -1)) {
      values.add(number(type, each.strip(), text));
    }
    return KeyValue.Point.of(values);
  }

  /** As strtof reads it, which both types are read with. */
  static float number(KeyType type, String word, String text) throws PgErrorException {
    float value = NUMBER.matcher(word).matches() ? Float.parseFloat(word) : Float.NaN;
    return finite(type, value, text);
  }

  private static float finite(KeyType type, float value, String text) throws PgErrorException {
    if (!Float.isFinite(value)) {
      throw none(type, text);
    }
    return value;
  }

  /** As vector_send and array_send write them. */
  static KeyValue ofBinary(KeyType type, byte[] value) throws PgErrorException {
    ByteBuffer in = ByteBuffer.wrap(value);
    return type == KeyType.VECTOR ? ofVector(in) : ofArray(in);
  }

  private static KeyValue ofVector(ByteBuffer in) throws PgErrorException {
    if (in.remaining() < VECTOR_HEAD + Float.BYTES
        || in.getShort() * Float.BYTES != in.remaining() - Short.BYTES) {
      throw none(KeyType.VECTOR, "(binary)");
    }
    in.getShort();
    List<Float> values = new ArrayList<>();
    while (in.hasRemaining()) {
      values.add(finite(KeyType.VECTOR, in.getFloat(), "(binary)"));
    }
    return KeyValue.Point.of(values);
  }

  private static KeyValue ofArray(ByteBuffer in) throws PgErrorException {
    int each = Integer.BYTES + Float.BYTES;
    boolean plain =
        in.remaining() > ARRAY_HEAD
            && in.getInt() == 1
            && in.getInt() == 0
            && in.getInt() == Oid.FLOAT4
            && in.getInt() == (in.remaining() - Integer.BYTES) / each;
    if (!plain) {
      throw none(KeyType.REALS, "(binary)");
    }
    in.getInt();
    List<Float> values = new ArrayList<>();
    while (in.remaining() >= each && in.getInt() == Float.BYTES) {
      values.add(finite(KeyType.REALS, in.getFloat(), "(binary)"));
    }
    if (in.hasRemaining()) {
      throw none(KeyType.REALS, "(binary)");
    }
    return KeyValue.Point.of(values);
  }

  private static PgErrorException none(KeyType type, String text) {
    return PgError.error(
            SqlState.INVALID_TEXT,
            "a sharding key of type "
                + type.sqlName()
                + " must be a list of finite numbers: \""
                + (text.length() > 80 ? text.substring(0, 80) + "…" : text)
                + '"')
        .toException();
  }
}
