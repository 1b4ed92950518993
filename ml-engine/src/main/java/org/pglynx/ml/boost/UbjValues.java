package org.pglynx.ml.boost;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Values of Universal Binary JSON, draft 12, of which XGBoost writes the strongly typed arrays.
 * Every count is checked against the bytes that are left before memory is allocated.
 */
final class UbjValues implements ModelValues {
  private static final int MAX_DEPTH = 64;

  private final ByteBuffer in;
  private char marker;
  private int depth;

  UbjValues(byte[] bytes) throws IOException {
    this.in = ByteBuffer.wrap(bytes);
    this.marker = marker();
  }

  /** Type and count in front of a container's elements; type 0 when each has its own, count −1. */
  private record Head(char type, int count) {}

  @Override
  public void object(Field field) throws IOException {
    require(marker == '{', "an object");
    enter();
    Head head = head();
    for (int i = 0; head.count() < 0 ? !endsWith('}') : i < head.count(); i++) {
      String name = string(head.count() < 0 ? marker : marker());
      marker = head.type() == 0 ? marker() : head.type();
      field.read(name);
    }
    depth--;
  }

  @Override
  public void list(Element element) throws IOException {
    require(marker == '[', "a list");
    enter();
    Head head = head();
    for (int i = 0; head.count() < 0 ? !endsWith(']') : i < head.count(); i++) {
      if (head.count() >= 0) {
        marker = head.type() == 0 ? marker() : head.type();
      }
      element.read();
    }
    depth--;
  }

  @Override
  public int[] ints() throws IOException {
    double[] values = numbers();
    int[] out = new int[values.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (int) values[i];
      require(out[i] == values[i], "a whole number");
    }
    return out;
  }

  @Override
  public float[] floats() throws IOException {
    double[] values = numbers();
    float[] out = new float[values.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) values[i];
    }
    return out;
  }

  private double[] numbers() throws IOException {
    DoubleList values = new DoubleList();
    list(() -> values.add(number(marker)));
    return values.toArray();
  }

  @Override
  public String text() throws IOException {
    if (marker == 'S') {
      return string(marker());
    }
    double value = number(marker);
    return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
  }

  @Override
  public void skip() throws IOException {
    switch (marker) {
      case '{' -> object(name -> skip());
      case '[' -> list(this::skip);
      case 'S', 'H' -> string(marker());
      case 'Z', 'N' -> {}
      default -> number(marker);
    }
  }

  private Head head() throws IOException {
    in.mark();
    char next = marker();
    char type = 0;
    if (next == '$') {
      type = marker();
      next = marker();
      require(next == '#', "a count");
    }
    if (next != '#') {
      in.reset();
      return new Head((char) 0, -1);
    }
    long count = (long) number(marker());
    require(count >= 0 && count <= in.remaining() / Math.max(1, size(type)), "a count");
    return new Head(type, (int) count);
  }

  /** Bytes of an element of that type at least; elements without bytes could be any number. */
  private static int size(char type) {
    return switch (type) {
      case 'I' -> 2;
      case 'l', 'd' -> 4;
      case 'L', 'D' -> 8;
      default -> 1;
    };
  }

  /** Whether the container ends here; else the marker of its next element (or key) is read. */
  private boolean endsWith(char end) throws IOException {
    marker = marker();
    return marker == end;
  }

  private void enter() throws IOException {
    require(++depth <= MAX_DEPTH, "less depth");
  }

  private double number(char type) throws IOException {
    try {
      return switch (type) {
        case 'i' -> in.get();
        case 'U' -> in.get() & 0xFF;
        case 'I' -> in.getShort();
        case 'l' -> in.getInt();
        case 'L' -> in.getLong();
        case 'd' -> in.getFloat();
        case 'D' -> in.getDouble();
        case 'T' -> 1;
        case 'F' -> 0;
        default -> throw new IOException("type '%s' instead of a number".formatted(type));
      };
    } catch (BufferUnderflowException e) {
      throw new IOException("it ends too early", e);
    }
  }

  private String string(char lengthType) throws IOException {
    long length = (long) number(lengthType);
    require(length >= 0 && length <= in.remaining(), "a length");
    byte[] bytes = new byte[(int) length];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private char marker() throws IOException {
    require(in.hasRemaining(), "more");
    return (char) (in.get() & 0xFF);
  }

  private static void require(boolean holds, String what) throws IOException {
    if (!holds) {
      throw new IOException("it should have " + what);
    }
  }
}
