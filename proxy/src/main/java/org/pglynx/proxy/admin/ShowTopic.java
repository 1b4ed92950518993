package org.pglynx.proxy.admin;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The tables of the console. */
enum ShowTopic {
  HELP("this list"),
  VERSION("the version of pglynx"),
  STATE("whether everything is paused, in maintenance or stopping"),
  POOLS("clients and server connections for each database and user"),
  POOLS_EXTENDED("the same with counters, limits and percentiles of each pool"),
  CLIENTS("one row for each client"),
  SERVERS("one row for each server connection"),
  SOCKETS("clients and server connections in one table"),
  ACTIVE_SOCKETS("those of them that do something"),
  STATS("counters of each database, averages and percentiles over the last 15 seconds"),
  STATS_TOTALS("counters of each database"),
  STATS_AVERAGES("averages of each database over the last 15 seconds"),
  TOTALS("counters and averages of all databases together"),
  PERCENTILES("how long waits, queries and transactions took for each database and user"),
  DATABASES("where each database and user leads, and its limits"),
  REPLICATION(
      "the servers of databases that have several: role, state, lag; DRAIN host lets one become free"
          + " of work, UNDRAIN host ends that"),
  SHARDS("each server of each shard for each database and user: connections, work, waits"),
  BANS("servers that take no sessions, and why; BAN host [seconds] and UNBAN host change it"),
  CONFIG("every setting with its value and its default"),
  ROUTING("where statements of databases with several servers went"),
  QUERIES("what sessions are at, with the statement's text without values"),
  SLOW("kinds of statements that took slow_query_ms or longer"),
  MIRRORS("what the mirrors of servers have got, and missed"),
  PREPARED("the statements that clients have prepared"),
  LISTENERS("where clients connect"),
  TLS("how connections are encrypted, and when certificates expire"),
  HBA("the rules about who may come in"),
  MEM("what memory is used for"),
  MODELS("the models in memory"),
  TRAININGS("the trainings that wait or run"),
  /** See {@link ShowTransactions}. */
  TRANSACTIONS("the transactions over several shards that have not ended on all"),
  PREDICTIONS("how often projects have predicted, which way, and how long it took"),
  LISTS("how many there are of everything"),
  USERS("users of each database and their limits"),
  PEERS("the proxies behind the same address"),
  PEER_POOLS("cancel requests on their way to other proxies");

  private static final List<String> COMMANDS =
      List.of(
          "SHOW … WHERE column = value ORDER BY column LIMIT number",
          "RELOAD",
          "SET key = value",
          "PAUSE [db[, user]]",
          "RESUME [db[, user]]",
          "DISABLE db",
          "ENABLE db",
          "RECONNECT [db[, user]]",
          "WAIT_CLOSE [db[, user]]",
          "KILL db[, user]",
          "KILL_CLIENT id",
          "CANCEL id",
          "BAN host [seconds]",
          "UNBAN host",
          "MAINTENANCE ON|OFF",
          "RESET STATS",
          "SHUTDOWN [WAIT_FOR_CLIENTS|WAIT_FOR_SERVERS]");

  private final String description;

  ShowTopic(String description) {
    this.description = description;
  }

  /** The topic of the name, whatever its case, or null. */
  static @Nullable ShowTopic named(String name) {
    for (ShowTopic topic : values()) {
      if (topic.name().equalsIgnoreCase(name)) {
        return topic;
      }
    }
    return null;
  }

  /** All names as a person types them: {@code SHOW HELP, VERSION, …}. */
  static String summary() {
    return Arrays.stream(values())
        .map(Enum::name)
        .collect(Collectors.joining(", ", "The console answers SHOW ", "."));
  }

  /** One line for each topic and each command. */
  static String help() {
    return Arrays.stream(values())
            .map(topic -> String.format(Locale.ROOT, "\tSHOW %-15s %s", topic, topic.description))
            .collect(Collectors.joining("\n", "\n", ""))
        + "\n\t"
        + String.join("\n\t", COMMANDS);
  }
}
