package org.pglynx.proxy.config;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlArray;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/** Reads {@code [pools.NAME.shards.N]}: a database and its servers, of which one may be given. */
final class ShardReader {
  private final Section section;
  private final String pool;

  /**
   * @param pool the pool's name, which the database has if it is not named
   */
  ShardReader(Section section, String pool) {
    this.section = section;
    this.pool = pool;
  }

  ShardConfig read() {
    int number = number();
    String database = section.text("database", pool);
    List<ServerConfig> servers = servers(section.requiredList("servers"));
    section.notServed("mirrors");
    section.finish();
    return new ShardConfig(number, database, servers);
  }

  private int number() {
    if (!section.name().matches("\\d{1,6}")) {
      section
          .report()
          .fault(
              section.position(),
              section.path() + ": a shard's name is its number, counted from 0");
      return 0;
    }
    return Integer.parseInt(section.name());
  }

  private List<ServerConfig> servers(TomlArray list) {
    if (section.has("servers") && list.isEmpty()) {
      section.fault("servers", "must name a server: [[\"host\", 5432, \"primary\"]]");
    }
    List<ServerConfig> servers = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      server(list, i, servers);
    }
    return servers;
  }

  private void server(TomlArray list, int index, List<ServerConfig> servers) {
    String where = section.pathOf("servers") + "[" + index + "]: ";
    TomlPosition position = list.inputPositionOf(index);
    @Nullable Object host = part(list.get(index), 0, "host");
    @Nullable Object port = part(list.get(index), 1, "port");
    @Nullable Object role = part(list.get(index), 2, "role");
    if (!(host instanceof String name)
        || name.isEmpty()
        || !(port instanceof Long number)
        || !(role instanceof String)) {
      section.report().fault(position, where + "expected [\"host\", port, \"primary\"]");
    } else if (number < 1 || number > 65_535) {
      section
          .report()
          .fault(position, where + "port " + number + " is out of range; allowed is 1 to 65535");
    } else {
      addServer(servers, new ServerConfig(name, number.intValue()), role, position, where);
    }
  }

  private void addServer(
      List<ServerConfig> servers,
      ServerConfig server,
      Object role,
      TomlPosition position,
      String where) {
    if (role.equals("replica")) {
      section
          .report()
          .fault(position, where + "role \"replica\" is not served yet; remove this server");
    } else if (!role.equals("primary")) {
      section
          .report()
          .fault(
              position, where + "role " + '"' + role + "\" is not one of \"primary\", \"replica\"");
    } else if (!servers.isEmpty()) {
      section
          .report()
          .fault(
              position,
              where + "a shard has one primary, and " + servers.getFirst() + " is it already");
    } else {
      servers.add(server);
    }
  }

  private static @Nullable Object part(Object server, int index, String name) {
    return switch (server) {
      case TomlArray list when list.size() == 3 -> list.get(index);
      case TomlTable table when table.size() == 3 -> table.get(List.of(name));
      default -> null;
    };
  }
}
