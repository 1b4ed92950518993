package org.pglynx.proxy.config;

import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the keys of auth_query in {@code [general]} or in a pool, which inherits each of them. */
final class AuthQueryReader {
  private static final Pattern PARAMETER = Pattern.compile("\\$(\\d+)");
  private static final AuthQueryConfig NONE =
      new AuthQueryConfig(AuthQueryConfig.DEFAULT_SQL, "", Secret.NONE, "", 1_000, 2);

  private final Section section;

  AuthQueryReader(Section section) {
    this.section = section;
  }

  /** What is in effect here; empty if no role is named that could ask. */
  Optional<AuthQueryConfig> read(Optional<AuthQueryConfig> inherited) {
    AuthQueryConfig above = inherited.orElse(NONE);
    String user = section.text("auth_query_user", above.user());
    AuthQueryConfig query =
        new AuthQueryConfig(
            sql(above.sql(), user),
            user,
            section.secret("auth_query_password", above.password()),
            section.text("auth_dbname", above.database()),
            section.millis("auth_query_cache_ttl", above.cacheTtlMillis(), 0),
            section.integer("auth_query_connections", above.connections(), 1, 100));
    return user.isEmpty() ? Optional.empty() : Optional.of(query);
  }

  private String sql(String inherited, String user) {
    String given = section.text("auth_query", "");
    if (given.isBlank()) {
      return inherited;
    }
    if (user.isEmpty()) {
      section.fault("auth_query", "needs auth_query_user, the role that asks");
    }
    String sql = given.replace("'$1'", "$1");
    if (!sql.equals(given)) {
      section
          .report()
          .notice(
              section.positionOf("auth_query"),
              section.pathOf("auth_query")
                  + ": '$1' is taken as $1: the name is bound as a parameter, never pasted in");
    }
    checkParameters(sql);
    if (!sql.contains("valid")) {
      section
          .report()
          .notice(
              section.positionOf("auth_query"),
              section.pathOf("auth_query")
                  + " does not look at rolvaliduntil: expired passwords still let users in");
    }
    return sql;
  }

  private void checkParameters(String sql) {
    boolean first = PARAMETER.matcher(sql).results().anyMatch(found -> found.group(1).equals("1"));
    boolean others =
        PARAMETER.matcher(sql).results().anyMatch(found -> !found.group(1).equals("1"));
    if (!first || others) {
      section.fault(
          "auth_query", "must use the parameter $1, which is the user's name, and no other");
    }
  }
}
