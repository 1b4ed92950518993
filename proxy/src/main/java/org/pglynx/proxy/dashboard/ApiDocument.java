package org.pglynx.proxy.dashboard;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import org.pglynx.proxy.http.Method;

/** The API as OpenAPI describes it, made of the endpoints themselves. */
final class ApiDocument {
  static final String PATH = "/api/openapi.json";

  private ApiDocument() {}

  static ObjectNode of(List<Endpoint> endpoints) {
    ObjectNode document = Json.object().put("openapi", "3.1.0");
    document
        .putObject("info")
        .put("title", "pglynx dashboard")
        .put("version", "1")
        .put(
            "description",
            "What the dashboard's page uses. Log in, keep the cookie, and send the token with each"
                + " POST. Cluster endpoints ask the console, all others a session of the proxy as"
                + " whoever has logged in.");
    AnswerExamples answers = AnswerExamples.read();
    ObjectNode paths = document.putObject("paths");
    endpoints.forEach(each ->
        paths
            .withObjectProperty(each.path())
            .set(each.method().name().toLowerCase(Locale.ROOT), operation(each, answers)));
    components(document.putObject("components"));
    return document;
  }

  private static ObjectNode operation(Endpoint endpoint, AnswerExamples answers) {
    ObjectNode operation = Json.object();
    operation.put("operationId", endpoint.path().substring(5).replaceAll("[^a-z]+", "_"));
    operation.put("summary", endpoint.summary());
    boolean open = endpoint.access() == Endpoint.Access.ANYBODY;
    ArrayNode security = operation.putArray("security");
    if (!open) {
      ObjectNode needed = security.addObject();
      needed.putArray("session");
      if (endpoint.method() == Method.POST) {
        needed.putArray("token");
      }
    }
    if (endpoint.method() == Method.GET) {
      query(operation, endpoint);
    } else {
      body(operation, endpoint);
    }
    ObjectNode responses = operation.putObject("responses");
    ObjectNode fine = responses.putObject("200").put("description", "done");
    fine.putObject("content").set("application/json", answers.content(endpoint.path()));
    responses.putObject("default").put("$ref", "#/components/responses/Error");
    return operation;
  }

  private static void query(ObjectNode operation, Endpoint endpoint) {
    ArrayNode parameters = operation.putArray("parameters");
    for (Parameter each : endpoint.parameters()) {
      ObjectNode parameter = parameters.addObject().put("name", each.name()).put("in", "query");
      parameter.put("required", each.needed()).put("description", each.description());
      parameter.set("schema", each.kind().schema());
    }
  }

  private static void body(ObjectNode operation, Endpoint endpoint) {
    ObjectNode body = operation.putObject("requestBody").put("required", true);
    ObjectNode schema = body.putObject("content").putObject("application/json").putObject("schema");
    schema.put("type", "object").put("additionalProperties", false);
    ObjectNode properties = schema.putObject("properties");
    ArrayNode required = schema.putArray("required");
    for (Parameter each : endpoint.parameters()) {
      properties.set(each.name(), each.kind().schema().put("description", each.description()));
      if (each.needed()) {
        required.add(each.name());
      }
    }
  }

  private static void components(ObjectNode components) {
    ObjectNode schemes = components.putObject("securitySchemes");
    schemes
        .putObject("session")
        .put("type", "apiKey")
        .put("in", "cookie")
        .put("name", "pglynx")
        .put("description", "__Host-pglynx over TLS");
    schemes
        .putObject("token")
        .put("type", "apiKey")
        .put("in", "header")
        .put("name", "X-CSRF-Token");
    ObjectNode error =
        components.putObject("responses").putObject("Error").put("description", "why not");
    ObjectNode schema =
        error.putObject("content").putObject("application/json").putObject("schema");
    ObjectNode fields =
        schema
            .put("type", "object")
            .putObject("properties")
            .putObject("error")
            .put("type", "object")
            .putObject("properties");
    for (String name : List.of("sqlstate", "message", "detail", "hint", "where")) {
      fields.putObject(name).put("type", "string");
    }
    fields.putObject("position").put("type", "integer");
  }
}
