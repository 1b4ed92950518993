package org.pglynx.ml.boost;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Writes Universal Binary JSON as XGBoost does: strongly typed arrays, lengths as int64. */
final class UbjSink implements ModelSink {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final DataOutputStream out = new DataOutputStream(bytes);

  byte[] bytes() {
    return bytes.toByteArray();
  }

  @Override
  public void begin() throws IOException {
    out.writeByte('{');
  }

  @Override
  public void end() throws IOException {
    out.writeByte('}');
  }

  @Override
  public void beginList() throws IOException {
    out.writeByte('[');
  }

  @Override
  public void endList() throws IOException {
    out.writeByte(']');
  }

  @Override
  public void name(String name) throws IOException {
    length(name.getBytes(StandardCharsets.UTF_8).length);
    out.write(name.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void text(String text) throws IOException {
    out.writeByte('S');
    name(text);
  }

  @Override
  public void whole(int value) throws IOException {
    length(value);
  }

  @Override
  public void ints(int[] values) throws IOException {
    head('l', values.length);
    for (int value : values) {
      out.writeInt(value);
    }
  }

  @Override
  public void bytes(int[] values) throws IOException {
    head('U', values.length);
    for (int value : values) {
      out.writeByte(value);
    }
  }

  @Override
  public void longs(int[] values) throws IOException {
    head('L', values.length);
    for (int value : values) {
      out.writeLong(value);
    }
  }

  @Override
  public void floats(float[] values) throws IOException {
    head('d', values.length);
    for (float value : values) {
      out.writeFloat(value);
    }
  }

  private void head(char type, int count) throws IOException {
    out.writeBytes("[$" + type + "#");
    length(count);
  }

  private void length(int value) throws IOException {
    out.writeByte('L');
    out.writeLong(value);
  }
}
