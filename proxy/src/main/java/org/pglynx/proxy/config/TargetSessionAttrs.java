package org.pglynx.proxy.config;

/** libpq's {@code target_session_attrs}: which servers a listener's clients get into. */
public enum TargetSessionAttrs implements ConfigName {
  /** Whichever their statements are for. */
  ANY("any"),
  /** The primary, and only if its transactions may write. */
  READ_WRITE("read-write"),
  /** Standbys, whose transactions can only read. */
  READ_ONLY("read-only"),
  /** The primary. */
  PRIMARY("primary"),
  /** Standbys. */
  STANDBY("standby"),
  /** Standbys, and the primary while there are none. */
  PREFER_STANDBY("prefer-standby");

  private final String name;

  TargetSessionAttrs(String name) {
    this.name = name;
  }

  @Override
  public String configName() {
    return name;
  }
}
