package org.pglynx.proxy.config;

/**
 * What happens in transaction mode to state of a session that cannot be carried to another server:
 * temporary objects, advisory locks of the session, cursors WITH HOLD, LISTEN, PREPARE, SET ROLE.
 */
public enum OnSessionState implements ConfigName {
  /** The client keeps its server until the state is gone. */
  PIN("pin"),
  /** The statement that would make such state is refused. */
  REJECT("reject"),
  /** The state is discarded at the end of the transaction. */
  IGNORE("ignore");

  private final String configName;

  OnSessionState(String configName) {
    this.configName = configName;
  }

  @Override
  public String configName() {
    return configName;
  }
}
