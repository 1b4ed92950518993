package org.pglynx.proxy.config;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlArray;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/** Reads one server of a shard: {@code ["host", 5432, "primary"]}, or a table of the same. */
final class ServerReader {
  private static final int MAX_WEIGHT = 1_000;
  private static final Set<String> KEYS = Set.of("host", "port", "role", "weight", "zone");

  private final LoadReport report;
  private final TomlPosition position;
  private final String where;
  private final List<ServerConfig> earlier;

  /**
   * A reader.
   *
   * @param where the server's path, for messages
   * @param earlier servers of the same shard, ahead of this one
   */
  ServerReader(LoadReport report, TomlPosition position, String where, List<ServerConfig> earlier) {
    this.report = report;
    this.position = position;
    this.where = where;
    this.earlier = earlier;
  }

  Optional<ServerConfig> read(@Nullable Object server) {
    @Nullable Object host = part(server, 0, "host");
    @Nullable Object port = part(server, 1, "port");
    @Nullable Object role = part(server, 2, "role");
    if (!(host instanceof String name)
        || name.isEmpty()
        || !(port instanceof Long number)
        || !(role instanceof String word)) {
      return fault("expected [\"host\", port, \"primary\"]");
    }
    if (number < 1 || number > 65_535) {
      return fault("port " + number + " is out of range; allowed is 1 to 65535");
    }
    Optional<ServerKind> kind = kind(word);
    if (kind.isEmpty()) {
      return Optional.empty();
    }
    return checked(
        new ServerConfig(name, number.intValue(), kind.get(), weight(server), zone(server)));
  }

  private Optional<ServerKind> kind(String word) {
    for (ServerKind kind : ServerKind.values()) {
      if (kind.configName().equals(word)) {
        return Optional.of(kind);
      }
    }
    report.fault(
        position, where + "role \"" + word + "\" is not one of \"primary\", \"replica\", \"auto\"");
    return Optional.empty();
  }

  private Optional<ServerConfig> checked(ServerConfig server) {
    for (ServerConfig other : earlier) {
      if (other.sameAddress(server)) {
        return fault(server + " is a server of this shard already");
      }
      if (server.kind() == ServerKind.PRIMARY && other.kind() == ServerKind.PRIMARY) {
        return fault("a shard has one primary, and " + other + " is it already");
      }
      if (mixed(server, other) || mixed(other, server)) {
        return fault(
            "a primary that is given and servers with the role \"auto\" exclude each other; make "
                + (server.kind() == ServerKind.PRIMARY ? server : other)
                + " and all that may become the primary \"auto\"");
      }
    }
    return Optional.of(server);
  }

  private static boolean mixed(ServerConfig one, ServerConfig other) {
    return one.kind() == ServerKind.PRIMARY && other.kind() == ServerKind.AUTO;
  }

  private int weight(@Nullable Object server) {
    @Nullable Object weight =
        server instanceof TomlTable table ? table.get(List.of("weight")) : null;
    if (weight == null) {
      return 1;
    }
    if (weight instanceof Long number && number >= 1 && number <= MAX_WEIGHT) {
      return number.intValue();
    }
    report.fault(position, where + "weight must be a whole number from 1 to " + MAX_WEIGHT);
    return 1;
  }

  private String zone(@Nullable Object server) {
    @Nullable Object zone = server instanceof TomlTable table ? table.get(List.of("zone")) : null;
    if (zone == null || zone instanceof String) {
      return zone == null ? "" : (String) zone;
    }
    report.fault(position, where + "zone must be a text in quotes");
    return "";
  }

  private Optional<ServerConfig> fault(String message) {
    report.fault(position, where + message);
    return Optional.empty();
  }

  private static @Nullable Object part(@Nullable Object server, int index, String name) {
    return switch (server) {
      case TomlArray list when list.size() == 3 -> list.get(index);
      case TomlTable table when KEYS.containsAll(table.keySet()) -> table.get(List.of(name));
      case null, default -> null;
    };
  }
}
