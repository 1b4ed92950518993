package org.pglynx.proxy.session;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/** What the startup parameter {@code replication} asks for. */
enum ReplicationMode {
  /** An ordinary session. */
  NONE("none"),
  /** The stream of the whole server's WAL: of no database. */
  PHYSICAL("physical"),
  /** Changes of one database, which also takes SQL. */
  LOGICAL("logical");

  static final String PARAMETER = "replication";

  private final String word;

  ReplicationMode(String word) {
    this.word = word;
  }

  /** As SHOW CLIENTS has it. */
  String word() {
    return word;
  }

  /** What a startup packet asks for that {@link StartupStage} has let pass. */
  static ReplicationMode of(Map<String, String> startup) {
    ReplicationMode mode = named(startup.getOrDefault(PARAMETER, "false"));
    return mode == null ? NONE : mode;
  }

  /** The mode, or null if the value is none of the parameter's. */
  static @Nullable ReplicationMode named(String value) {
    if (value.equals("database")) {
      return LOGICAL;
    }
    String lower = value.toLowerCase(Locale.ROOT);
    if (begins("true", lower, 1) || begins("yes", lower, 1) || begins("on", lower, 2)) {
      return PHYSICAL;
    }
    if (begins("false", lower, 1) || begins("no", lower, 1) || begins("off", lower, 2)) {
      return NONE;
    }
    return switch (value) {
      case "1" -> PHYSICAL;
      case "0" -> NONE;
      default -> null;
    };
  }

  /** As parse_bool() of PostgreSQL: any beginning that is not the other's as well. */
  private static boolean begins(String word, String value, int least) {
    return value.length() >= least && word.startsWith(value);
  }

  /** ProcessStartupPacket()'s refusal of any other value. */
  static PgError unknown(String value) {
    return PgError.fatal(
            SqlState.INVALID_PARAMETER,
            "invalid value for parameter \"" + PARAMETER + "\": \"" + value + '"')
        .withHint("Valid values are: \"false\", 0, \"true\", 1, \"database\".");
  }
}
