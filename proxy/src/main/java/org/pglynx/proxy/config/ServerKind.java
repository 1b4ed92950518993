package org.pglynx.proxy.config;

/** What a server is said to be in its shard. */
public enum ServerKind implements ConfigName {
  /** The one that takes writes. */
  PRIMARY("primary"),
  /** A standby that answers reads. */
  REPLICA("replica"),
  /** Either: the server is asked, again and again, as a promotion changes it. */
  AUTO("auto");

  private final String configName;

  ServerKind(String configName) {
    this.configName = configName;
  }

  @Override
  public String configName() {
    return configName;
  }
}
