package org.pglynx.proxy.config;

/** Where statements of a pool go that nothing else directs. */
public enum DefaultRole implements ConfigName {
  /** To any server, the primary among them. */
  ANY("any"),
  /** To the primary. */
  PRIMARY("primary"),
  /** To a replica. */
  REPLICA("replica");

  private final String configName;

  DefaultRole(String configName) {
    this.configName = configName;
  }

  @Override
  public String configName() {
    return configName;
  }
}
