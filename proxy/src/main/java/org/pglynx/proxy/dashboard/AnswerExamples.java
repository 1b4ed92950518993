package org.pglynx.proxy.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * An example of what each endpoint answers, and the schema that it is an example of. A field that
 * is called {@code …} stands for further ones, whatever their names. The tests of the dashboard
 * hold each answer that they get against it.
 */
final class AnswerExamples {
  private static final String FURTHER = "…";

  private final JsonNode examples;

  private AnswerExamples(JsonNode examples) {
    this.examples = examples;
  }

  /** Reads the file. */
  static AnswerExamples read() {
    try (InputStream file =
        Objects.requireNonNull(AnswerExamples.class.getResourceAsStream("answers.json"))) {
      return new AnswerExamples(Json.read(file.readAllBytes()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The content of an answer, for the document; tables of the console say themselves what they
   * have.
   */
  ObjectNode content(String path) {
    ObjectNode content = Json.object();
    JsonNode example = examples.get(path);
    if (example == null) {
      content.putObject("schema").put("type", "array").putObject("items").put("type", "object");
      return content;
    }
    content.set("schema", schema(example));
    content.set("example", example);
    return content;
  }

  /** What has no value may be anything; nothing is promised to be there or not to be null. */
  private static ObjectNode schema(JsonNode example) {
    ObjectNode schema = Json.object();
    switch (example.getNodeType()) {
      case OBJECT -> object(schema, example);
      case ARRAY -> {
        types(schema, "array");
        schema.set("items", element(example));
      }
      case NUMBER -> types(schema, example.isIntegralNumber() ? "integer" : "number");
      case STRING -> types(schema, "string");
      case BOOLEAN -> types(schema, "boolean");
      case NULL, BINARY, MISSING, POJO -> {
        // Anything.
      }
    }
    return schema;
  }

  /** Elements of several types may be of any. */
  private static ObjectNode element(JsonNode array) {
    Set<JsonNodeType> types = EnumSet.noneOf(JsonNodeType.class);
    array.forEach(each -> types.add(each.getNodeType()));
    return types.size() == 1 ? schema(array.get(0)) : Json.object();
  }

  private static void object(ObjectNode schema, JsonNode example) {
    types(schema, "object");
    ObjectNode properties = schema.putObject("properties");
    for (Map.Entry<String, JsonNode> field : example.properties()) {
      if (!field.getKey().equals(FURTHER)) {
        properties.set(field.getKey(), schema(field.getValue()));
      }
    }
    schema.put("additionalProperties", example.has(FURTHER));
  }

  private static void types(ObjectNode schema, String type) {
    ArrayNode types = schema.putArray("type");
    types.add(type).add("null");
  }
}
