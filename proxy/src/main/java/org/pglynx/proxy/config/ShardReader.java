package org.pglynx.proxy.config;

import java.util.ArrayList;
import java.util.List;
import org.tomlj.TomlArray;

/** Reads {@code [pools.NAME.shards.N]}: a database and its servers. */
final class ShardReader {
  /** Far more than anybody replicates to; sets of servers fit into a long. */
  private static final int MAX_SERVERS = 64;

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
    List<MirrorConfig> mirrors = MirrorReader.read(section, servers);
    section.finish();
    return new ShardConfig(number, database, servers, mirrors);
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
    if (list.size() > MAX_SERVERS) {
      section.fault("servers", "a shard has at most " + MAX_SERVERS + " servers");
    }
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
    ServerReader reader =
        new ServerReader(section.report(), list.inputPositionOf(index), where, servers);
    reader.read(list.get(index)).ifPresent(servers::add);
  }
}
