package org.pglynx.proxy.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What a request takes, in its query or its body.
 *
 * @param needed whether the request is refused without it
 */
record Parameter(String name, Kind kind, boolean needed, String description) {
  /** What a value may be. */
  enum Kind {
    TEXT("string"),
    WHOLE("integer"),
    FLAG("boolean"),
    TEXTS("array"),
    OBJECT("object"),
    /** An array of numbers in the order of the columns, or an object by their names. */
    FEATURES("");

    private final String type;

    Kind(String type) {
      this.type = type;
    }

    boolean fits(JsonNode value) {
      return switch (this) {
        case TEXT -> text(value);
        case WHOLE -> value.isIntegralNumber() && value.canConvertToLong();
        case FLAG -> value.isBoolean();
        case TEXTS -> value.isArray() && texts(value);
        case OBJECT -> value.isObject();
        case FEATURES -> value.isObject() || value.isArray();
      };
    }

    /**
     * The protocol's strings end at a NUL, and what comes behind it would be read as something
     * else.
     */
    private static boolean text(JsonNode value) {
      return value.isTextual() && value.asText().indexOf('\0') < 0;
    }

    private static boolean texts(JsonNode array) {
      for (JsonNode each : array) {
        if (!text(each)) {
          return false;
        }
      }
      return true;
    }

    /** As OpenAPI has it. */
    ObjectNode schema() {
      ObjectNode schema = Json.object();
      if (this == FEATURES) {
        schema.putArray("oneOf").addObject().put("type", "object");
        ((ObjectNode) schema.withArray("oneOf").addObject())
            .put("type", "array")
            .putObject("items");
        return schema;
      }
      schema.put("type", type);
      if (this == TEXTS) {
        schema.putObject("items").put("type", "string");
      }
      return schema;
    }
  }

  static Parameter needed(String name, Kind kind, String description) {
    return new Parameter(name, kind, true, description);
  }

  static Parameter optional(String name, Kind kind, String description) {
    return new Parameter(name, kind, false, description);
  }
}
