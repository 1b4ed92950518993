package org.pglynx.proxy.config;

/** How a line of the log looks. */
public enum LogFormat implements ConfigName {
  /** For people. */
  TEXT("text"),
  /** A JSON object. */
  JSON("json");

  private final String configName;

  LogFormat(String configName) {
    this.configName = configName;
  }

  @Override
  public String configName() {
    return configName;
  }
}
