package org.pglynx.ml.registry;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.pglynx.ml.model.MlException;

/**
 * Reads what {@link PayloadWriter} wrote. Every length is checked against the bytes that are left
 * before memory is allocated; all errors are of kind MODEL_FORMAT.
 */
public final class PayloadReader {
  private final ByteBuffer in;

  PayloadReader(ByteBuffer in) {
    this.in = in;
  }

  /** Reads a byte, 0 to 255. */
  public int readByte() {
    need(1);
    return in.get() & 0xFF;
  }

  /** Reads an int32. */
  public int readInt() {
    need(Integer.BYTES);
    return in.getInt();
  }

  /** Reads a text. */
  public String readText() {
    byte[] bytes = new byte[readLength(1)];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Reads a list of texts. */
  public List<String> readTexts() {
    int count = readLength(Integer.BYTES);
    List<String> texts = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      texts.add(readText());
    }
    return texts;
  }

  /** Reads an int32 array. */
  public int[] readInts() {
    int[] values = new int[readLength(Integer.BYTES)];
    in.asIntBuffer().get(values);
    in.position(in.position() + values.length * Integer.BYTES);
    return values;
  }

  /** Reads a float32 array. */
  public float[] readFloats() {
    float[] values = new float[readLength(Float.BYTES)];
    in.asFloatBuffer().get(values);
    in.position(in.position() + values.length * Float.BYTES);
    return values;
  }

  /** Reads a float64 array. */
  public double[] readDoubles() {
    double[] values = new double[readLength(Double.BYTES)];
    in.asDoubleBuffer().get(values);
    in.position(in.position() + values.length * Double.BYTES);
    return values;
  }

  /** Reads the ordinal of an enum constant. */
  public <E extends Enum<E>> E readConstant(E[] constants) {
    int ordinal = readByte();
    require(ordinal < constants.length, "an unknown constant " + ordinal);
    return constants[ordinal];
  }

  /** Requires that everything has been read. */
  public void end() {
    require(!in.hasRemaining(), in.remaining() + " bytes too many");
  }

  /**
   * Requires a property of what was read.
   *
   * @throws MlException of kind MODEL_FORMAT when it does not hold
   */
  public void require(boolean holds, String otherwise) {
    if (!holds) {
      throw ModelFile.damaged(otherwise);
    }
  }

  private int readLength(int elementBytes) {
    int length = readInt();
    require(length >= 0 && (long) length * elementBytes <= in.remaining(), "a length of " + length);
    return length;
  }

  private void need(int bytes) {
    require(in.remaining() >= bytes, "it ends too early");
  }
}
