package org.pglynx.ml.boost;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** Writes JSON; floats in the shortest text that reads back to the same float. */
final class JsonSink implements ModelSink {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final JsonGenerator json;

  JsonSink() throws IOException {
    this.json = new JsonFactory().createGenerator(out);
  }

  byte[] bytes() throws IOException {
    json.close();
    return out.toByteArray();
  }

  @Override
  public void begin() throws IOException {
    json.writeStartObject();
  }

  @Override
  public void end() throws IOException {
    json.writeEndObject();
  }

  @Override
  public void beginList() throws IOException {
    json.writeStartArray();
  }

  @Override
  public void endList() throws IOException {
    json.writeEndArray();
  }

  @Override
  public void name(String name) throws IOException {
    json.writeFieldName(name);
  }

  @Override
  public void text(String text) throws IOException {
    json.writeString(text);
  }

  @Override
  public void whole(int value) throws IOException {
    json.writeNumber(value);
  }

  @Override
  public void ints(int[] values) throws IOException {
    json.writeStartArray();
    for (int value : values) {
      json.writeNumber(value);
    }
    json.writeEndArray();
  }

  @Override
  public void bytes(int[] values) throws IOException {
    ints(values);
  }

  @Override
  public void longs(int[] values) throws IOException {
    ints(values);
  }

  @Override
  public void floats(float[] values) throws IOException {
    json.writeStartArray();
    for (float value : values) {
      json.writeNumber(value);
    }
    json.writeEndArray();
  }
}
