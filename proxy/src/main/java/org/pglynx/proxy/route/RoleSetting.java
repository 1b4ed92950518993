package org.pglynx.proxy.route;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.ServerRole;

/** Which server a session's statements go to, as a configuration or the client itself sets it. */
public enum RoleSetting {
  /** All to the primary. */
  PRIMARY(ServerRole.PRIMARY),
  /** All to replicas. */
  REPLICA(ServerRole.REPLICA),
  /** All to whichever server. */
  ANY(ServerRole.ANY),
  /** Each by what it does. */
  AUTO(null);

  private final @Nullable ServerRole role;

  RoleSetting(@Nullable ServerRole role) {
    this.role = role;
  }

  /** The one role, or null if it depends on the statement. */
  public @Nullable ServerRole role() {
    return role;
  }

  /** The name as commands and configurations spell it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The one of the name, in whatever case, or null. */
  public static @Nullable RoleSetting of(String word) {
    for (RoleSetting each : values()) {
      if (each.name().equalsIgnoreCase(word)) {
        return each;
      }
    }
    return null;
  }
}
