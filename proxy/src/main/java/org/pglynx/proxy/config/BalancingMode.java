package org.pglynx.proxy.config;

/** How one of several servers that would do is chosen. */
public enum BalancingMode implements ConfigName {
  /** By chance, each with the same. */
  RANDOM("random"),
  /** In turn. */
  ROUND_ROBIN("round_robin"),
  /** The one with the fewest sessions that use it or wait for it. */
  LEAST_OUTSTANDING("loc"),
  /** In turn, each as often as its weight says. */
  WEIGHTED("weighted"),
  /** The one that would answer soonest, by its recent response times and what it has to do. */
  PEAK_EWMA("peak_ewma");

  private final String configName;

  BalancingMode(String configName) {
    this.configName = configName;
  }

  @Override
  public String configName() {
    return configName;
  }
}
