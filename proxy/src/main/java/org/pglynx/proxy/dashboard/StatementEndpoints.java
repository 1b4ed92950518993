package org.pglynx.proxy.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.pglynx.proxy.dashboard.Endpoint.Access;
import org.pglynx.proxy.dashboard.Endpoint.Lane;
import org.pglynx.proxy.dashboard.Parameter.Kind;

/** Statements that somebody types. */
final class StatementEndpoints {
  private static final int MOST_ROWS = 1000;
  private static final int USUAL_SECONDS = 30;

  /** Shorter than a session without requests lasts. */
  private static final int MOST_SECONDS = 600;

  List<Endpoint> all() {
    return List.of(
        Endpoint.post(
                "/api/sql",
                "Runs a statement in a session of its own.",
                Access.DATABASE,
                List.of(
                    Parameter.needed("sql", Kind.TEXT, "one statement"),
                    Parameter.optional("rows", Kind.WHOLE, "the most rows; 1000 at most"),
                    Parameter.optional(
                        "run", Kind.TEXT, "a name for /api/sql/cancel, not yet in use"),
                    Parameter.optional(
                        "seconds",
                        Kind.WHOLE,
                        "how long it may take; 30 without it, 600 at most. Then it is cancelled")),
                StatementEndpoints::run)
            .in(Lane.STATEMENTS),
        Endpoint.post(
                "/api/sql/cancel",
                "Cancels a statement of this session that runs.",
                Access.DATABASE,
                List.of(Parameter.needed("run", Kind.TEXT, "the name that it has been given")),
                StatementEndpoints::cancel)
            .in(Lane.ENDINGS));
  }

  private static JsonNode run(Call call) throws FaultException, IOException {
    int rows = Math.clamp(call.whole("rows", MOST_ROWS), 1, MOST_ROWS);
    int seconds = Math.clamp(call.whole("seconds", USUAL_SECONDS), 1, MOST_SECONDS);
    String given = call.textOrNull("run");
    String name = given == null ? UUID.randomUUID().toString() : given;
    return Json.table(
        call.session()
            .statements()
            .run(call, name, seconds * 1000, client -> client.ask(rows, call.text("sql"))));
  }

  private static ObjectNode cancel(Call call) throws FaultException, IOException {
    call.session().statements().cancel(call.text("run"));
    return Json.object();
  }
}
