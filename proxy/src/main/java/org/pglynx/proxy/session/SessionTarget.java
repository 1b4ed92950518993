package org.pglynx.proxy.session;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.config.TargetSessionAttrs;
import org.pglynx.proxy.relay.ServerRole;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/**
 * Which servers a client may get into by the listener that it came in by, as libpq's {@code
 * target_session_attrs} has it, and what a login is refused for. What is refused with 57P03 lets
 * libpq go on to the next host of its list.
 */
final class SessionTarget {
  private static final String HOT_STANDBY = "in_hot_standby";
  private static final String READ_ONLY = "default_transaction_read_only";

  private final TargetSessionAttrs wanted;
  private final @Nullable ServerRole role;

  private SessionTarget(TargetSessionAttrs wanted) {
    this.wanted = wanted;
    this.role =
        switch (wanted) {
          case ANY -> null;
          case READ_WRITE, PRIMARY -> ServerRole.PRIMARY;
          case READ_ONLY, STANDBY -> ServerRole.STANDBY;
          case PREFER_STANDBY -> ServerRole.PREFER_STANDBY;
        };
  }

  static SessionTarget of(TargetSessionAttrs wanted) {
    return new SessionTarget(wanted);
  }

  /** The servers that all statements go to; null if each goes where it belongs. */
  @Nullable ServerRole role() {
    return role;
  }

  /** The word for it. */
  String word() {
    return wanted.configName();
  }

  /** Why nobody gets into such a database by this listener, or null. */
  @Nullable PgError refusal(SessionProfile profile, SessionProfile.Place place) {
    boolean primaryAlone = profile.router() == null && place.provider() != null;
    return role == ServerRole.STANDBY && primaryAlone
        ? refusal("the database \"" + profile.database() + "\" has no standby")
        : null;
  }

  /** Why the proxy passes on no replication here, or null: that is the primary's. */
  @Nullable PgError refusal(ReplicationMode mode) {
    return mode != ReplicationMode.NONE && role != null && role != ServerRole.PRIMARY
        ? refusal("replication connections go to the primary")
        : null;
  }

  /** Why a session with other wishes cannot begin, or null. */
  @Nullable PgError refusal(Map<String, String> asked) {
    if (role == null || !asked.containsKey(Routing.ROLE_PARAMETER)) {
      return null;
    }
    return PgError.fatal(
            SqlState.FEATURE_NOT_SUPPORTED,
            Routing.ROLE_PARAMETER + " cannot be chosen on this listener")
        .withDetail("Its target_session_attrs is " + word() + ".")
        .withHint("Connect to another port of the proxy.");
  }

  /** Why the server that has reported these parameters will not do, or null. */
  @Nullable PgError mismatch(Map<String, String> reported) {
    // libpq's words (fe-connect.c).
    return wanted == TargetSessionAttrs.READ_WRITE && "on".equals(reported.get(READ_ONLY))
        ? refusal("session is read-only")
        : null;
  }

  /** Why there is no such server now, so that libpq tries its next host. */
  PgError unavailable(PgError why) {
    return role == null ? why : refusal(why.message());
  }

  private PgError refusal(String message) {
    return PgError.fatal(SqlState.CANNOT_CONNECT_NOW, message)
        .withDetail("The target_session_attrs of this listener is " + word() + ".")
        .withHint("Connect to another port of the proxy.");
  }

  /**
   * Which server is asked what it reports; the profile's usual one if the listener does not say.
   */
  ServerRole asks(SessionProfile profile) {
    if (role != null) {
      return role;
    }
    return profile.servers().defaultRole() == ServerRole.REPLICA
        ? ServerRole.REPLICA
        : ServerRole.ANY;
  }

  /**
   * What the client is told. Without a target any server can answer, so that clients get in while
   * there is no primary; but what they get into is a standby only for those whose statements go to
   * standbys.
   */
  Map<String, String> told(Map<String, String> reported, SessionProfile profile) {
    if (role != null
        || profile.servers().defaultRole() == ServerRole.REPLICA
        || !"on".equals(reported.get(HOT_STANDBY))) {
      return reported;
    }
    Map<String, String> told = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    told.putAll(reported);
    told.put(HOT_STANDBY, "off");
    return told;
  }
}
