package org.pglynx.ml.registry;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.pglynx.ml.model.MlException;

/** Writes primitives, big-endian; arrays and texts carry their length as int32. */
public final class PayloadWriter {
  private final long maxBytes;
  private ByteBuffer out = ByteBuffer.allocate(1024);

  /** A writer that refuses to grow beyond a number of bytes. */
  public PayloadWriter(long maxBytes) {
    this.maxBytes = Math.min(maxBytes, Integer.MAX_VALUE - 64);
  }

  /** Writes a byte. */
  public void writeByte(int value) {
    room(1).put((byte) value);
  }

  /** Writes an int32. */
  public void writeInt(int value) {
    room(Integer.BYTES).putInt(value);
  }

  /** Writes a text as UTF-8. */
  public void writeText(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    writeInt(bytes.length);
    room(bytes.length).put(bytes);
  }

  /** Writes a list of texts. */
  public void writeTexts(List<String> texts) {
    writeInt(texts.size());
    texts.forEach(this::writeText);
  }

  /** Writes an int32 array. */
  public void writeInts(int[] values) {
    writeInt(values.length);
    ByteBuffer room = room((long) values.length * Integer.BYTES);
    room.asIntBuffer().put(values);
    room.position(room.position() + values.length * Integer.BYTES);
  }

  /** Writes a float32 array. */
  public void writeFloats(float[] values) {
    writeInt(values.length);
    ByteBuffer room = room((long) values.length * Float.BYTES);
    room.asFloatBuffer().put(values);
    room.position(room.position() + values.length * Float.BYTES);
  }

  /** Writes a float64 array. */
  public void writeDoubles(double[] values) {
    writeInt(values.length);
    ByteBuffer room = room((long) values.length * Double.BYTES);
    room.asDoubleBuffer().put(values);
    room.position(room.position() + values.length * Double.BYTES);
  }

  byte[] toByteArray() {
    byte[] bytes = new byte[out.position()];
    out.get(0, bytes);
    return bytes;
  }

  private ByteBuffer room(long bytes) {
    long needed = out.position() + bytes;
    if (needed > maxBytes) {
      throw new MlException(
          MlException.Kind.MODEL_FORMAT,
          "the model is larger than the limit of %d bytes for stored models".formatted(maxBytes),
          "Use fewer or shallower trees, or raise the limit.");
    }
    if (needed > out.capacity()) {
      long larger = Math.min(maxBytes, Math.max(needed, out.capacity() * 2L));
      out = ByteBuffer.allocate((int) larger).put(out.flip());
    }
    return out;
  }
}
