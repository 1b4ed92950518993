package org.pglynx.proxy.config;

/**
 * How a pool with several servers chooses among them.
 *
 * @param mode how one of several is chosen that would do
 * @param defaultRole where statements go that nothing else directs
 * @param primaryReads whether the primary answers reads when no replica can
 * @param readYourWrites whether a session reads from those replicas only that have what it wrote
 * @param maxLagMillis a replica that is further behind takes no reads; 0 is no limit
 * @param maxLagBytes the same in bytes of the log
 * @param checkoutFailureLimit refusals in a row after which a client is disconnected; 0 is never
 * @param zone where this proxy runs: servers of the same zone are chosen first; empty for nowhere
 * @param health how the servers are watched
 */
public record BalancingConfig(
    BalancingMode mode,
    DefaultRole defaultRole,
    boolean primaryReads,
    boolean readYourWrites,
    long maxLagMillis,
    long maxLagBytes,
    int checkoutFailureLimit,
    String zone,
    HealthConfig health) {
  /** Of a pool with one server, where there is nothing to choose. */
  public static final BalancingConfig ONE_SERVER =
      new BalancingConfig(
          BalancingMode.RANDOM,
          DefaultRole.PRIMARY,
          false,
          false,
          0,
          0,
          0,
          "",
          new HealthConfig(1_000, 1_000, 60));
}
