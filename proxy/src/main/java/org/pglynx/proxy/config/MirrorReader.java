package org.pglynx.proxy.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlArray;
import org.tomlj.TomlTable;

/** Reads pgcat's {@code mirrors}: {@code [["host", 5432, 0]]}, or tables of the same. */
final class MirrorReader {
  private static final String MIRRORS = "mirrors";
  private static final String INDEX = "mirroring_target_index";

  private MirrorReader() {}

  /** Those of a shard. */
  static List<MirrorConfig> read(Section shard, List<ServerConfig> servers) {
    TomlArray list = shard.optionalList(MIRRORS);
    List<MirrorConfig> mirrors = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      MirrorConfig mirror = mirror(list.get(i));
      String fault = fault(mirror, servers, mirrors);
      if (mirror == null || !fault.isEmpty()) {
        shard
            .report()
            .fault(list.inputPositionOf(i), shard.pathOf(MIRRORS) + "[" + i + "]: " + fault);
      } else {
        mirrors.add(mirror);
      }
    }
    return mirrors;
  }

  private static @Nullable MirrorConfig mirror(@Nullable Object value) {
    @Nullable Object host = part(value, 0, "host");
    @Nullable Object port = part(value, 1, "port");
    @Nullable Object index = part(value, 2, INDEX);
    return host instanceof String name
            && !name.isEmpty()
            && port instanceof Long number
            && number >= 1
            && number <= 65_535
            && index instanceof Long of
            && of >= 0
            && of <= Integer.MAX_VALUE
        ? new MirrorConfig(name, number.intValue(), of.intValue())
        : null;
  }

  private static @Nullable Object part(@Nullable Object mirror, int index, String name) {
    return switch (mirror) {
      case TomlArray list when list.size() == 3 -> list.get(index);
      case TomlTable table when table.size() == 3 -> table.get(List.of(name));
      case null, default -> null;
    };
  }

  private static String fault(
      @Nullable MirrorConfig mirror, List<ServerConfig> servers, Collection<MirrorConfig> earlier) {
    if (mirror == null) {
      return "expected [\"host\", port, number of the server that it mirrors, counted from 0]";
    }
    if (mirror.of() >= servers.size()) {
      return "there is no server " + mirror.of() + "; they are counted from 0";
    }
    if (earlier.contains(mirror)) {
      return mirror + " is a mirror of this server already";
    }
    boolean same =
        servers.stream()
            .anyMatch(
                server -> server.host().equals(mirror.host()) && server.port() == mirror.port());
    return same ? mirror + " is a server of this shard, so statements would run twice there" : "";
  }

  /** How those of a pool get statements. */
  static MirroringConfig read(Section pool, Collection<ShardConfig> shards) {
    int percent = pool.integer("mirror_percent", 100, 1, 100);
    int queue = pool.integer("mirror_queue_kb", 1_024, 1, 1 << 20);
    if (shards.stream().allMatch(shard -> shard.mirrors().isEmpty())) {
      pool.withoutEffect("mirror_percent", "the pool has no mirrors");
      pool.withoutEffect("mirror_queue_kb", "the pool has no mirrors");
      return MirroringConfig.NONE;
    }
    return new MirroringConfig(percent, queue * 1_024L);
  }
}
