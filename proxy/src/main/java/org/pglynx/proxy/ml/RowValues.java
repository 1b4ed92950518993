package org.pglynx.proxy.ml;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;

/** How many values a row has in JSON, each of which may be an array. */
final class RowValues {
  private static final JsonFactory JSON = new JsonFactory();

  private RowValues() {}

  /** The values of the array or of the object that the bytes are. */
  static int count(byte[] json, int length) throws IOException {
    try (JsonParser in = JSON.createParser(json, 0, length)) {
      in.nextToken();
      int count = 0;
      while (in.nextToken() != null && !in.currentToken().isStructEnd()) {
        count += in.currentToken().isStructStart() || in.currentToken().isScalarValue() ? 1 : 0;
        in.skipChildren();
      }
      return count;
    }
  }
}
