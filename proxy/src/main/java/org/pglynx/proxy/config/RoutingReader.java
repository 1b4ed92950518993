package org.pglynx.proxy.config;

import java.util.Map;

/** Reads pgcat's {@code query_parser_*} of a pool. */
final class RoutingReader {
  private static final String ENABLED = "query_parser_enabled";
  private static final String SPLITTING = "query_parser_read_write_splitting";
  private static final String MAX_LENGTH = "query_parser_max_length";

  private final Section section;

  RoutingReader(Section section) {
    this.section = section;
  }

  RoutingConfig read(Map<Integer, ShardConfig> shards) {
    boolean enabled = section.flag(ENABLED, false);
    boolean splitting = section.flag(SPLITTING, false);
    int length = section.integer(MAX_LENGTH, 0, 0, Integer.MAX_VALUE);
    if (splitting && !enabled) {
      section.fault(SPLITTING, "needs " + ENABLED + " = true");
    }
    if (splitting && shards.size() > 1) {
      section.fault(SPLITTING, "is not served yet for a pool of several shards; set it to false");
    }
    if (shards.size() == 1 && shards.values().iterator().next().servers().size() == 1) {
      if (splitting) {
        section.withoutEffect(SPLITTING, "the pool has one server");
      }
      return RoutingConfig.NONE;
    }
    return new RoutingConfig(
        splitting && enabled,
        // Not by default: then it answers reads when no replica can (BalancingReader).
        section.flag("primary_reads_enabled", false),
        length == 0 ? Integer.MAX_VALUE : length);
  }
}
