package org.pglynx.proxy.config;

/** How much the log tells. */
public enum LogLevel implements ConfigName {
  /** What has failed. */
  ERROR("error"),
  /** What an operator should look at, as well. */
  WARN("warn"),
  /** What happens seldom, as well. */
  INFO("info"),
  /** What clients and servers do, as well. */
  DEBUG("debug");

  private final String configName;

  LogLevel(String configName) {
    this.configName = configName;
  }

  @Override
  public String configName() {
    return configName;
  }
}
