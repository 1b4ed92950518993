package org.pglynx.proxy.ml;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * Tells ROW(…) from a row of a subquery where both are a record, as the database's function does.
 */
final class UnnamedRow {
  private static final String AMBIGUOUS_COLUMN = "42702";
  private static final JsonFactory JSON = new JsonFactory();

  private UnnamedRow() {}

  /**
   * Whether the JSON is of a row whose columns have no names: they are called f1, f2, …, and what
   * the model has learned is not called so.
   *
   * @throws PgErrorException if it may be either
   */
  static boolean is(ByteBuf in, int at, int length, LoadedModel model) throws PgErrorException {
    List<String> keys = keys(in, at, length);
    for (int i = 0; i < keys.size(); i++) {
      if (!keys.get(i).equals("f" + (i + 1))) {
        return false;
      }
    }
    List<String> learned = List.copyOf(model.columns().keySet());
    if (!keys.containsAll(learned)) {
      return true;
    }
    if (keys.size() == learned.size() && !keys.equals(learned)) {
      throw unclear(learned).toException();
    }
    return false;
  }

  /** Of an object that cannot be read, none: whoever reads the values tells why. */
  private static List<String> keys(ByteBuf in, int at, int length) {
    byte[] json = new byte[length];
    in.getBytes(at, json);
    List<String> keys = new ArrayList<>();
    try (JsonParser parser = JSON.createParser(json)) {
      if (parser.nextToken() == JsonToken.START_OBJECT) {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          keys.add(parser.currentName());
          parser.nextToken();
          parser.skipChildren();
        }
      }
    } catch (IOException e) {
      return List.of();
    }
    return keys;
  }

  private static PgError unclear(List<String> learned) {
    return new PgError(
        PgError.Severity.ERROR,
        AMBIGUOUS_COLUMN,
        "it is not clear whether the row is by position or by name: the model has learned "
            + String.join(", ", learned),
        null,
        "By position write ARRAY[…], by name to_json(row).");
  }
}
