package org.pglynx.proxy.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.pglynx.proxy.dashboard.Endpoint.Access;
import org.pglynx.proxy.dashboard.Parameter.Kind;

/**
 * What the console shows and does. It is asked as whoever has logged in to it: so who may only look
 * there may only look here.
 */
final class ClusterEndpoints {
  /** Tables of the console, and what the document says of each. */
  private enum Shown {
    POOLS("clients and server connections for each database and user"),
    POOLS_EXTENDED("the same with counters, limits and percentiles"),
    CLIENTS("one row for each client"),
    SERVERS("one row for each server connection"),
    QUERIES("what sessions are at, with the statement's text without values"),
    SLOW("kinds of statements that took slow_query_ms or longer"),
    DATABASES("where each database and user leads, and its limits"),
    REPLICATION("servers of databases that have several: role, state, lag"),
    SHARDS("each server of each shard, as each database and user uses it"),
    BANS("servers that take no sessions, and why"),
    STATS("counters, averages and percentiles of each database"),
    TOTALS("counters and averages of all databases together"),
    PERCENTILES("how long waits, queries and transactions took"),
    ROUTING("where statements of databases with several servers went"),
    STATE("whether everything is paused, in maintenance or stopping"),
    LISTENERS("where clients connect"),
    LISTS("how many there are of everything"),
    MEM("what memory is used for"),
    MODELS("the models in memory"),
    TRAININGS("the trainings that wait or run"),
    PREDICTIONS("how often projects have predicted, and how long it took"),
    CONFIG("every setting with its value and its default"),
    USERS("users of each database and their limits");

    private final String description;

    Shown(String description) {
      this.description = description;
    }

    String path() {
      return "/api/cluster/" + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private static final List<Shown> OVERVIEW =
      List.of(
          Shown.STATE,
          Shown.POOLS,
          Shown.DATABASES,
          Shown.REPLICATION,
          Shown.SHARDS,
          Shown.BANS,
          Shown.STATS,
          Shown.TRAININGS);

  private static final List<Parameter> TARGET =
      List.of(
          Parameter.optional("database", Kind.TEXT, "which; all without it"),
          Parameter.optional("user", Kind.TEXT, "whose pool of that database; all without it"));

  private static final List<Parameter> CLIENT =
      List.of(Parameter.needed("id", Kind.WHOLE, "as /api/cluster/clients has it"));

  List<Endpoint> all() {
    List<Endpoint> all = new ArrayList<>();
    all.add(
        Endpoint.get(
            "/api/cluster",
            "What an overview needs, from one moment: state, pools, databases, replication, shards,"
                + " bans, stats, trainings.",
            Access.CONSOLE,
            List.of(),
            ClusterEndpoints::overview));
    for (Shown each : Shown.values()) {
      all.add(
          Endpoint.get(
              each.path(),
              "SHOW " + each + ": " + each.description + ".",
              Access.CONSOLE,
              List.of(),
              call -> Json.rows(call.say("SHOW " + each))));
    }
    all.add(targeted("pause", "Lets nobody begin a transaction; returns when all have ended."));
    all.add(targeted("resume", "Lets those go on who were paused."));
    all.add(targeted("reconnect", "Replaces server connections as they come back."));
    all.add(action("reload", "Reads the configuration again.", List.of(), call -> "RELOAD"));
    all.add(
        action(
            "ban",
            "Gives a replica no sessions for a time.",
            List.of(
                Parameter.needed("host", Kind.TEXT, "as /api/cluster/replication has it"),
                Parameter.optional("seconds", Kind.WHOLE, "ban_time without it")),
            call ->
                "BAN " + host(call) + (call.has("seconds") ? " " + call.whole("seconds", 0) : "")));
    all.add(
        action(
            "unban",
            "Ends a ban.",
            List.of(Parameter.needed("host", Kind.TEXT, "as /api/cluster/bans has it")),
            call -> "UNBAN " + host(call)));
    all.add(
        action(
            "cancel",
            "Cancels what a client's statement does.",
            CLIENT,
            call -> "CANCEL " + call.whole("id", 0)));
    all.add(
        action(
            "kill-client",
            "Ends a client's session.",
            CLIENT,
            call -> "KILL_CLIENT " + call.whole("id", 0)));
    return all;
  }

  private static JsonNode overview(Call call) throws FaultException, IOException {
    return call.console(client -> {
      ObjectNode node = Json.object();
      for (Shown each : OVERVIEW) {
        node.set(each.name().toLowerCase(Locale.ROOT), Json.rows(client.say("SHOW " + each)));
      }
      return node;
    });
  }

  private static Endpoint targeted(String verb, String summary) {
    return action(verb, summary, TARGET, call -> verb.toUpperCase(Locale.ROOT) + target(call));
  }

  /** The console's command of a request. */
  @FunctionalInterface
  private interface Command {
    String of(Call call) throws FaultException;
  }

  private static Endpoint action(
      String name, String summary, List<Parameter> body, Command command) {
    return Endpoint.post(
        "/api/cluster/" + name,
        summary + " For admins.",
        Access.CONSOLE,
        body,
        call -> Json.object().put("tag", call.say(command.of(call)).tag()));
  }

  private static String target(Call call) throws FaultException {
    if (!call.has("database")) {
      if (call.has("user")) {
        throw Fault.of("22023", "a user's pool needs its database, too").toException();
      }
      return "";
    }
    return " "
        + quoted(call.text("database"))
        + (call.has("user") ? ", " + quoted(call.text("user")) : "");
  }

  private static String quoted(String name) throws FaultException {
    if (name.isEmpty() || name.indexOf('\0') >= 0) {
      throw Fault.of("22023", "a name is needed").toException();
    }
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  /** Names of hosts need no quotes, and nothing else is let through. */
  private static String host(Call call) throws FaultException {
    String host = call.text("host");
    if (!host.matches("[A-Za-z0-9._:/%\\[\\]-]{1,255}")) {
      throw Fault.of("22023", "no name of a host: " + host).toException();
    }
    return host;
  }
}
