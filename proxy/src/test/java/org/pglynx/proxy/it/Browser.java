package org.pglynx.proxy.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who uses the dashboard's API as its page does: keeps the cookie, sends the token; and
 * fails if an answer is not as the API's document says.
 */
final class Browser implements AutoCloseable {
  private static final JsonMapper MAPPER = new JsonMapper();

  /** An answer with its JSON. */
  record Reply(int status, JsonNode json, HttpResponse<String> http) {
    String sqlState() {
      return json.path("error").path("sqlstate").asText();
    }

    String message() {
      return json.path("error").path("message").asText();
    }
  }

  private final int port;
  private final HttpClient client = HttpClient.newHttpClient();
  private @Nullable String cookie;
  private @Nullable String token;
  private @Nullable ApiSchema schema;

  Browser(int port) {
    this.port = port;
  }

  Browser login(String database, String user, String password) {
    Reply reply = tryLogin(database, user, password);
    if (reply.status() != 200) {
      throw new IllegalStateException(reply.http().body());
    }
    return this;
  }

  Reply tryLogin(String database, String user, String password) {
    return post("/api/login", "database", database, "user", user, "password", password);
  }

  /** A cookie, also a wrong one; null is none. */
  Browser cookie(@Nullable String value) {
    cookie = value;
    return this;
  }

  @Nullable String cookie() {
    return cookie;
  }

  /** A token, also a wrong one; null is none. */
  Browser token(@Nullable String value) {
    token = value;
    return this;
  }

  Reply get(String path, String... query) {
    StringBuilder full = new StringBuilder(path);
    for (int i = 0; i < query.length; i += 2) {
      full.append(i == 0 ? '?' : '&')
          .append(query[i])
          .append('=')
          .append(URLEncoder.encode(query[i + 1], StandardCharsets.UTF_8));
    }
    return send(request(full.toString()).GET());
  }

  /** With texts by their names as the body. */
  Reply post(String path, String... fields) {
    var body = MAPPER.createObjectNode();
    for (int i = 0; i < fields.length; i += 2) {
      body.put(fields[i], fields[i + 1]);
    }
    return postJson(path, body.toString());
  }

  Reply postJson(String path, String body, String... headers) {
    HttpRequest.Builder request =
        request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return send(request);
  }

  Reply postForm(String path, String body) {
    return send(
        request(path)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(60));
    List<String> headers = new ArrayList<>();
    if (cookie != null) {
      headers.addAll(List.of("Cookie", "pglynx=" + cookie));
    }
    if (token != null) {
      headers.addAll(List.of("X-CSRF-Token", token));
    }
    return headers.isEmpty() ? request : request.headers(headers.toArray(String[]::new));
  }

  private Reply send(HttpRequest.Builder request) {
    try {
      HttpResponse<String> answer =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      answer
          .headers()
          .firstValue("set-cookie")
          .ifPresent(set -> cookie = set.substring(set.indexOf('=') + 1, set.indexOf(';')));
      JsonNode json = MAPPER.readTree(answer.body());
      if (json.hasNonNull("token")) {
        token = json.get("token").asText();
      }
      if (answer.statusCode() == 200) {
        check(answer, json);
      }
      return new Reply(answer.statusCode(), json, answer);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private void check(HttpResponse<String> answer, JsonNode json)
      throws IOException, InterruptedException {
    String path = answer.uri().getPath();
    if (path.equals("/api/openapi.json")) {
      return;
    }
    ApiSchema known = schema;
    if (known == null) {
      HttpRequest document =
          HttpRequest.newBuilder(answer.uri().resolve("/api/openapi.json")).build();
      known =
          new ApiSchema(
              MAPPER.readTree(client.send(document, HttpResponse.BodyHandlers.ofString()).body()));
      schema = known;
    }
    String method = answer.request().method().toLowerCase(Locale.ROOT);
    Assertions.assertThat(known.faults(method, path, json)).isEmpty();
  }

  @Override
  public void close() {
    client.close();
  }
}
