package org.pglynx.proxy.config;

/** How long a client keeps a server connection. */
public enum PoolMode implements ConfigName {
  /** Until the transaction ends. */
  TRANSACTION("transaction"),
  /** Until the statement, or the batch up to Sync, has ended; transaction blocks are refused. */
  STATEMENT("statement"),
  /** Until the client disconnects. */
  SESSION("session");

  private final String configName;

  PoolMode(String configName) {
    this.configName = configName;
  }

  @Override
  public String configName() {
    return configName;
  }
}
