package org.pglynx.proxy.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.http.Answer;
import org.pglynx.proxy.http.Handler;
import org.pglynx.proxy.http.Method;
import org.pglynx.proxy.http.Request;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets requests through to the endpoints: who has logged in, whose page it is that asks, what the
 * endpoint takes; and makes answers of what they give and throw.
 */
final class Api {
  private static final Logger LOG = LoggerFactory.getLogger(Api.class);
  private static final String JSON = "application/json; charset=utf-8";

  private final Call.Entrances entrances;
  private final Sessions sessions;
  private final ExecutorService threads;
  private final Map<Endpoint.Lane, Semaphore> places = new EnumMap<>(Endpoint.Lane.class);

  Api(Call.Entrances entrances, Sessions sessions, ExecutorService threads) {
    this.entrances = entrances;
    this.sessions = sessions;
    this.threads = threads;
    for (Endpoint.Lane lane : Endpoint.Lane.values()) {
      places.put(lane, new Semaphore(lane.places()));
    }
  }

  /** Answers requests for the endpoint, on a thread of their own. */
  Handler handler(Endpoint endpoint) {
    Semaphore lane = Objects.requireNonNull(places.get(endpoint.lane()));
    return request -> {
      if (!lane.tryAcquire()) {
        return CompletableFuture.completedFuture(
            failure(503, Fault.of("53300", endpoint.lane().refusal())));
      }
      CompletionStage<Answer> answer =
          CompletableFuture.supplyAsync(() -> answer(endpoint, request), threads);
      return answer.whenComplete((done, failed) -> lane.release());
    };
  }

  private Answer answer(Endpoint endpoint, Request request) {
    try {
      return SecurityHeaders.on(request, allowed(endpoint, request));
    } catch (Refusal e) {
      return SecurityHeaders.on(request, e.answer());
    }
  }

  private Answer allowed(Endpoint endpoint, Request request) throws Refusal {
    WebSession session = sessions.find(Cookies.session(request));
    checkAccess(endpoint.access(), session);
    if (endpoint.method() == Method.POST) {
      checkOrigin(request, session);
    }
    Guest guest = Cookies.guest(request);
    Call call = new Call(entrances, guest, session, arguments(endpoint, request));
    try {
      JsonNode result = endpoint.action().answer(call);
      Answer answer = new Answer(200, JSON, Map.of(), Json.write(result));
      WebSession changed = call.changedSession();
      return changed == session ? answer : Cookies.with(answer, request, changed);
    } catch (FaultException e) {
      throw new Refusal(failure(Statuses.of(e.fault().sqlState()), e.fault()));
    } catch (IOException e) {
      LOG.debug("the dashboard cannot reach the proxy", e);
      throw new Refusal(
          failure(502, Fault.of("08006", "the proxy does not answer: " + e.getMessage())));
    } catch (TooSoonException e) {
      throw new Refusal(
          failure(429, Fault.of("28000", String.valueOf(e.getMessage())))
              .with("Retry-After", Long.toString(e.seconds())));
    }
  }

  private static void checkAccess(Endpoint.Access access, @Nullable WebSession session)
      throws Refusal {
    boolean open =
        switch (access) {
          case ANYBODY -> true;
          case SOMEBODY -> session != null;
          case CONSOLE -> session != null && session.console() != null;
          case DATABASE -> session != null && session.database() != null;
        };
    if (open) {
      return;
    }
    String where =
        switch (access) {
          case ANYBODY, SOMEBODY -> "";
          case CONSOLE -> " to the console";
          case DATABASE -> " to a database";
        };
    int status = session == null ? 401 : 403;
    throw new Refusal(failure(status, Fault.of("28000", "log in" + where + " first")));
  }

  /**
   * Another site's page can send requests with our cookie's name in mind, but it cannot know the
   * token, nor name a type of content that is not a form's without being asked first.
   */
  private static void checkOrigin(Request request, @Nullable WebSession session) throws Refusal {
    String type = request.header("content-type");
    if (type == null || !type.split(";", 2)[0].strip().equalsIgnoreCase("application/json")) {
      throw new Refusal(failure(415, Fault.of("0A000", "send application/json")));
    }
    String site = request.header("sec-fetch-site");
    if (site != null && !site.equals("same-origin") && !site.equals("none")) {
      throw new Refusal(failure(403, Fault.of("28000", "another site's page asks for this")));
    }
    String token = request.header("x-csrf-token");
    if (session != null && (token == null || !same(token, session.token()))) {
      throw new Refusal(
          failure(
              403,
              Fault.of("28000", "the request lacks the session's token")
                  .withHint("Send what GET /api/session gives as the header X-CSRF-Token.")));
    }
  }

  private static boolean same(String one, String other) {
    return MessageDigest.isEqual(
        one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  }

  private static ObjectNode arguments(Endpoint endpoint, Request request) throws Refusal {
    ObjectNode given = endpoint.method() == Method.GET ? query(endpoint, request) : body(request);
    List<String> wrong = new ArrayList<>();
    given
        .fieldNames()
        .forEachRemaining(name -> {
          if (endpoint.parameters().stream().noneMatch(each -> each.name().equals(name))) {
            wrong.add("\"" + name + "\" is not known here");
          }
        });
    for (Parameter each : endpoint.parameters()) {
      JsonNode value = given.get(each.name());
      if (value != null && value.isNull()) {
        given.remove(each.name());
        value = null;
      }
      if (value == null && each.needed()) {
        wrong.add("\"" + each.name() + "\" is missing");
      } else if (value != null && !each.kind().fits(value)) {
        wrong.add("\"" + each.name() + "\" is no " + each.kind().name().toLowerCase(Locale.ROOT));
      }
    }
    if (!wrong.isEmpty()) {
      throw new Refusal(failure(400, Fault.of("22023", String.join("; ", wrong))));
    }
    return given;
  }

  private static ObjectNode query(Endpoint endpoint, Request request) {
    ObjectNode given = Json.object();
    request.query().forEach((name, values) -> given.put(name, values.getLast()));
    for (Parameter each : endpoint.parameters()) {
      String text = given.path(each.name()).asText("");
      if (each.kind() == Parameter.Kind.WHOLE && text.matches("-?[0-9]{1,18}")) {
        given.put(each.name(), Long.parseLong(text));
      }
    }
    return given;
  }

  private static ObjectNode body(Request request) throws Refusal {
    try {
      JsonNode body = request.body().length == 0 ? Json.object() : Json.read(request.body());
      if (body instanceof ObjectNode object) {
        return object;
      }
    } catch (IOException _) {
      // Told below.
    }
    throw new Refusal(failure(400, Fault.of("22P02", "the body is no JSON object")));
  }

  private static Answer failure(int status, Fault fault) {
    return new Answer(status, JSON, Map.of(), Json.write(Json.error(fault)));
  }

  /** A request ends with another answer than the endpoint's. */
  private static final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Answer answer;

    Refusal(Answer answer) {
      super(null, null, false, false);
      this.answer = answer;
    }

    Answer answer() {
      return answer;
    }
  }
}
