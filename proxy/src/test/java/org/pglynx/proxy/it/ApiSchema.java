package org.pglynx.proxy.it;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Holds answers of the dashboard's API against what its own document says of them. */
final class ApiSchema {
  private final JsonNode document;

  ApiSchema(JsonNode document) {
    this.document = document;
  }

  /** What does not fit; empty if all does. */
  List<String> faults(String method, String path, JsonNode answer) {
    JsonNode schema =
        document
            .path("paths")
            .path(path)
            .path(method)
            .at("/responses/200/content/application~1json/schema");
    List<String> faults = new ArrayList<>();
    if (schema.isMissingNode()) {
      faults.add(method + " " + path + " is not in the document");
    } else {
      check(path, schema, answer, faults);
    }
    return faults;
  }

  private static void check(String where, JsonNode schema, JsonNode value, List<String> faults) {
    if (!schema.has("type") || !fits(schema.get("type"), value)) {
      if (schema.has("type")) {
        faults.add(where + " is no " + schema.get("type") + ": " + value);
      }
      return;
    }
    for (JsonNode element : value.isArray() ? value : List.<JsonNode>of()) {
      check(where + "[]", schema.path("items"), element, faults);
    }
    for (Map.Entry<String, JsonNode> field : value.properties()) {
      JsonNode known = schema.path("properties").path(field.getKey());
      if (!known.isMissingNode()) {
        check(where + "." + field.getKey(), known, field.getValue(), faults);
      } else if (schema.has("additionalProperties")
          && !schema.get("additionalProperties").asBoolean()) {
        faults.add(where + "." + field.getKey() + " is not in the document");
      }
    }
  }

  private static boolean fits(JsonNode types, JsonNode value) {
    for (JsonNode type : types.isArray() ? types : List.of(types)) {
      boolean fits =
          switch (type.asText()) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            case "string" -> value.isTextual();
            case "boolean" -> value.isBoolean();
            default -> value.isNull();
          };
      if (fits) {
        return true;
      }
    }
    return false;
  }
}
