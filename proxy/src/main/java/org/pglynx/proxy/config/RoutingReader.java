package org.pglynx.proxy.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads pgcat's {@code query_parser_*} of a pool. */
final class RoutingReader {
  private static final String ENABLED = "query_parser_enabled";
  private static final String SPLITTING = "query_parser_read_write_splitting";
  private static final String SESSION_SPLIT = "session_split";
  private static final String MAX_LENGTH = "query_parser_max_length";

  private static final String ACTIVITY = "db_activity_based_routing";

  private static final List<String> LIMITS =
      List.of("db_activity_init_delay", "db_activity_ttl", "table_mutation_cache_ms_ttl");

  private final Section section;

  RoutingReader(Section section) {
    this.section = section;
  }

  RoutingConfig read(Map<Integer, ShardConfig> shards) {
    boolean enabled = section.flag(ENABLED, false);
    boolean splitting = section.flag(SPLITTING, false);
    int length = section.integer(MAX_LENGTH, 0, 0, Integer.MAX_VALUE);
    boolean split = section.flag(SESSION_SPLIT, false);
    if (split && shards.size() > 1) {
      section.fault(
          SESSION_SPLIT, "a session keeps one connection to one primary: it is not for shards");
    }
    if (split && !splitting) {
      section.fault(SESSION_SPLIT, "needs " + SPLITTING + " = true");
    }
    if (splitting && !enabled) {
      section.fault(SPLITTING, "needs " + ENABLED + " = true");
    }
    Optional<RoutingConfig.Activity> activity = activity(splitting && enabled);
    if (shards.values().stream().allMatch(shard -> shard.servers().size() < 2)) {
      if (splitting) {
        section.withoutEffect(
            SPLITTING, shards.size() > 1 ? "each shard has one server" : "the pool has one server");
      }
      return RoutingConfig.NONE;
    }
    return new RoutingConfig(
        splitting && enabled,
        // Not by default: then it answers reads when no replica can (BalancingReader).
        section.flag("primary_reads_enabled", false),
        length == 0 ? Integer.MAX_VALUE : length,
        split,
        activity);
  }

  private Optional<RoutingConfig.Activity> activity(boolean splitting) {
    boolean on = section.flag(ACTIVITY, false);
    RoutingConfig.Activity read =
        new RoutingConfig.Activity(
            section.integer("db_activity_init_delay", 100, on ? 1 : 0, 3_600_000),
            section.integer("db_activity_ttl", 900, on ? 1 : 0, 31_536_000),
            section.integer("table_mutation_cache_ms_ttl", 50, on ? 1 : 0, 3_600_000));
    if (on && !splitting) {
      section.fault(ACTIVITY, "needs " + SPLITTING + " = true");
    }
    if (!on) {
      LIMITS.forEach(key -> section.withoutEffect(key, "needs " + ACTIVITY + " = true"));
    }
    return on ? Optional.of(read) : Optional.empty();
  }
}
