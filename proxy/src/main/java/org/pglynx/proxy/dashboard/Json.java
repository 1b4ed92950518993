package org.pglynx.proxy.dashboard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.Oid;

/** JSON of results and errors. */
final class Json {
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  static final int JSONB = 3802;
  private static final int NUMERIC = 1700;
  private static final int FLOAT4_ARRAY = 1021;
  private static final int FLOAT8_ARRAY = 1022;
  private static final int TEXT_ARRAY = 1009;

  /** What JavaScript's numbers tell apart. */
  private static final long MOST_EXACT = 1L << 53;

  private Json() {}

  static ObjectNode object() {
    return NODES.objectNode();
  }

  static ArrayNode array() {
    return NODES.arrayNode();
  }

  static JsonNode read(byte[] text) throws IOException {
    return MAPPER.readTree(text);
  }

  static byte[] write(JsonNode node) {
    try {
      return MAPPER.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Each row as an object. */
  static ArrayNode rows(Table table) {
    ArrayNode rows = array();
    for (List<@Nullable String> row : table.rows()) {
      ObjectNode object = rows.addObject();
      for (int i = 0; i < row.size(); i++) {
        Table.Field field = table.columns().get(i);
        object.set(field.name(), value(field.type(), row.get(i)));
      }
    }
    return rows;
  }

  /** Names and types of the columns, and the rows as arrays: for results of any shape. */
  static ObjectNode table(Table table) {
    ObjectNode node = object();
    ArrayNode columns = node.putArray("columns");
    table
        .columns()
        .forEach(field -> columns.addObject().put("name", field.name()).put("type", field.type()));
    ArrayNode rows = node.putArray("rows");
    for (List<@Nullable String> row : table.rows()) {
      ArrayNode values = rows.addArray();
      for (int i = 0; i < row.size(); i++) {
        values.add(value(table.columns().get(i).type(), row.get(i)));
      }
    }
    return node.put("tag", table.tag()).put("more", table.more());
  }

  static JsonNode value(int type, @Nullable String text) {
    if (text == null) {
      return NODES.nullNode();
    }
    return switch (type) {
      case Oid.BOOL -> NODES.booleanNode(text.equals("t"));
      case Oid.INT2, Oid.INT4 -> NODES.numberNode(Integer.parseInt(text));
      case Oid.INT8 -> whole(text);
      case Oid.FLOAT4, Oid.FLOAT8, NUMERIC -> number(text);
      case Oid.JSON, JSONB -> parsed(text);
      case FLOAT4_ARRAY, FLOAT8_ARRAY -> array(text, true);
      case TEXT_ARRAY -> array(text, false);
      default -> NODES.textNode(text);
    };
  }

  private static JsonNode whole(String text) {
    long value = Long.parseLong(text);
    return Math.abs(value) <= MOST_EXACT ? NODES.numberNode(value) : NODES.textNode(text);
  }

  /** NaN and the infinities are no numbers of JSON: they stay text. */
  private static JsonNode number(String text) {
    try {
      return NODES.numberNode(new BigDecimal(text));
    } catch (NumberFormatException _) {
      return NODES.textNode(text);
    }
  }

  private static JsonNode parsed(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (JsonProcessingException _) {
      return NODES.textNode(text);
    }
  }

  /** An array of one dimension; others stay text. */
  private static JsonNode array(String text, boolean numbers) {
    if (text.length() < 2 || text.startsWith("{{") || !text.startsWith("{")) {
      return NODES.textNode(text);
    }
    ArrayNode array = array();
    StringBuilder element = new StringBuilder();
    boolean quoted = false;
    boolean wasQuoted = false;
    for (int i = 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        element.append(text.charAt(++i));
      } else if (c == '"') {
        quoted = !quoted;
        wasQuoted = true;
      } else if (!quoted && (c == ',' || c == '}')) {
        if (!element.isEmpty() || wasQuoted) {
          array.add(element(element.toString(), numbers, wasQuoted));
        }
        element.setLength(0);
        wasQuoted = false;
      } else {
        element.append(c);
      }
    }
    return array;
  }

  private static JsonNode element(String text, boolean number, boolean quoted) {
    if (!quoted && text.equals("NULL")) {
      return NODES.nullNode();
    }
    return number ? number(text) : NODES.textNode(text);
  }

  static ObjectNode error(Fault fault) {
    ObjectNode error = object();
    ObjectNode node = error.putObject("error");
    node.put("sqlstate", fault.sqlState()).put("message", fault.message());
    if (fault.detail() != null) {
      node.put("detail", fault.detail());
    }
    if (fault.hint() != null) {
      node.put("hint", fault.hint());
    }
    if (fault.where() != null) {
      error.put("where", fault.where());
    }
    if (fault.position() > 0) {
      node.put("position", fault.position());
    }
    return error;
  }
}
