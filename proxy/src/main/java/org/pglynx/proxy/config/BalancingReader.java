package org.pglynx.proxy.config;

import java.util.List;

/** Reads the keys of a pool that steer the choice among several servers: pgcat's, and our own. */
final class BalancingReader {
  private static final String PGCATS_LONG_NAME = "least_outstanding_connections";

  private static final List<String> MODES =
      List.of("random", "round_robin", "loc", PGCATS_LONG_NAME, "weighted", "peak_ewma");

  private static final String ONE_SERVER = "the pool has one server";

  /** Below it replicas would be asked more often than they could have news. */
  private static final int LEAST_PROBE_MILLIS = 20;

  private final Section section;
  private final GeneralConfig general;

  BalancingReader(Section section, GeneralConfig general) {
    this.section = section;
    this.general = general;
  }

  /**
   * Reads them.
   *
   * @param several whether any shard has more than one server
   * @param timeoutMillis how long a server may take to answer a probe
   */
  BalancingConfig read(boolean several, long timeoutMillis) {
    boolean own = section.flag("read_your_writes", false);
    BalancingConfig read =
        new BalancingConfig(
            mode(),
            section.choice("default_role", DefaultRole.PRIMARY),
            section.flag("primary_reads_enabled", true),
            own,
            section.millis("max_replica_lag", 0, 0),
            section.integer("max_replica_lag_bytes", 0, 0, Integer.MAX_VALUE),
            section.integer("checkout_failure_limit", 0, 0, 1_000_000),
            general.zone(),
            new HealthConfig(
                section.integer("probe_interval", own ? 100 : 1_000, LEAST_PROBE_MILLIS, 3_600_000),
                timeoutMillis,
                general.banSeconds()));
    if (!several) {
      withoutEffect(read);
    }
    return read;
  }

  private BalancingMode mode() {
    String name = section.oneOf("load_balancing_mode", "random", MODES);
    if (name.equals(PGCATS_LONG_NAME)) {
      return BalancingMode.LEAST_OUTSTANDING;
    }
    for (BalancingMode mode : BalancingMode.values()) {
      if (mode.configName().equals(name)) {
        return mode;
      }
    }
    throw new IllegalStateException(name);
  }

  private void withoutEffect(BalancingConfig read) {
    if (read.defaultRole() == DefaultRole.REPLICA) {
      section.fault("default_role", "\"replica\" needs a replica, and " + ONE_SERVER);
    }
    for (String key :
        List.of(
            "load_balancing_mode",
            "primary_reads_enabled",
            "read_your_writes",
            "max_replica_lag",
            "max_replica_lag_bytes",
            "probe_interval")) {
      section.withoutEffect(key, ONE_SERVER);
    }
  }
}
