package org.pglynx.proxy.session;

import java.util.Map;

/**
 * Who asks to come in; nothing of it is proven but the origin.
 *
 * @param database the database it names, or its user name if it names none; at most 63 bytes
 * @param user the user it names; at most 63 bytes
 * @param replication whether it wants to stream the whole cluster's WAL ({@code replication=true};
 *     with {@code replication=database} it is an ordinary client of its database)
 * @param origin where it comes from
 */
public record Caller(String database, String user, boolean replication, Origin origin) {
  /** Who the startup packet says it is. */
  static Caller of(Map<String, String> startup, Origin origin) {
    String user = ServerName.of(startup.getOrDefault("user", ""));
    String named = ServerName.of(startup.getOrDefault("database", ""));
    return new Caller(
        named.isEmpty() ? user : named,
        user,
        ReplicationMode.of(startup) == ReplicationMode.PHYSICAL,
        origin);
  }

  /** The same caller with another database. */
  public Caller asksFor(String other) {
    return new Caller(other, user, replication, origin);
  }
}
