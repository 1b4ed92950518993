package org.pglynx.ml.boost;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Arrays;

/**
 * Values of JSON. Numbers are parsed from their text as float32: XGBoost prints the shortest text
 * that reads back to the same float.
 */
final class JsonValues implements ModelValues, AutoCloseable {
  private final JsonParser json;

  JsonValues(byte[] bytes) throws IOException {
    this.json = new JsonFactory().createParser(bytes);
    json.nextToken();
  }

  @Override
  public void object(Field field) throws IOException {
    require(JsonToken.START_OBJECT);
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      json.nextToken();
      field.read(name);
    }
    require(JsonToken.END_OBJECT);
  }

  @Override
  public void list(Element element) throws IOException {
    require(JsonToken.START_ARRAY);
    while (next() != JsonToken.END_ARRAY) {
      element.read();
    }
  }

  @Override
  public int[] ints() throws IOException {
    require(JsonToken.START_ARRAY);
    int[] values = new int[64];
    int size = 0;
    for (JsonToken token = next(); token != JsonToken.END_ARRAY; token = next()) {
      values = size == values.length ? Arrays.copyOf(values, size * 2) : values;
      values[size++] = token.isBoolean() ? (json.getBooleanValue() ? 1 : 0) : json.getIntValue();
    }
    return Arrays.copyOf(values, size);
  }

  @Override
  public float[] floats() throws IOException {
    require(JsonToken.START_ARRAY);
    float[] values = new float[64];
    int size = 0;
    while (next() != JsonToken.END_ARRAY) {
      values = size == values.length ? Arrays.copyOf(values, size * 2) : values;
      values[size++] = number(json.getText());
    }
    return Arrays.copyOf(values, size);
  }

  @Override
  public String text() throws IOException {
    return json.getText();
  }

  @Override
  public void skip() throws IOException {
    json.skipChildren();
  }

  @Override
  public void close() throws IOException {
    json.close();
  }

  private static float number(String text) throws IOException {
    try {
      return Float.parseFloat(text);
    } catch (NumberFormatException e) {
      throw new IOException("a number is \"" + text + "\"", e);
    }
  }

  private JsonToken next() throws IOException {
    JsonToken token = json.nextToken();
    if (token == null) {
      throw new IOException("it ends too early");
    }
    return token;
  }

  private void require(JsonToken token) throws IOException {
    if (json.currentToken() != token) {
      throw new IOException("%s instead of %s".formatted(json.currentToken(), token));
    }
  }
}
