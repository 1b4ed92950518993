package org.pglynx.proxy.session;

import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/**
 * The limits that the clients of one database and user are held to once they have proved who they
 * are, as Postgres does with those of CREATE DATABASE and CREATE ROLE: nobody else can use them up,
 * or learn of them. Safe for many threads.
 */
public final class ClientQuota {
  /** For the admin databases: no limit, and the reserved places of the process. */
  public static final ClientQuota ADMIN = new ClientQuota(null, null);

  /** For a database that nobody counts the clients of. */
  public static final ClientQuota NONE = new ClientQuota(null, null);

  /**
   * One of them.
   *
   * @param tally where it is counted
   * @param name of the database or the user
   * @param most the limit; 0 is none
   * @param kind what the name is of, in Postgres' words
   * @param key the limit's name in the configuration
   */
  record Limit(ClientCounts.Tally tally, String name, int most, String kind, String key) {
    boolean enter() {
      return tally.enter(name, most);
    }

    void leave() {
      tally.leave(name);
    }

    PgError full() {
      // The words of Postgres (utils/init/postinit.c), and the numbers.
      return PgError.fatal(
              SqlState.TOO_MANY_CONNECTIONS,
              "too many connections for %s \"%s\": %d of %d".formatted(kind, name, most, most))
          .withHint(
              "%s limits the clients of a %s.".formatted(key, kind.equals("role") ? "user" : kind));
    }
  }

  private final @Nullable Limit database;
  private final @Nullable Limit user;

  ClientQuota(@Nullable Limit database, @Nullable Limit user) {
    this.database = database;
    this.user = user;
  }

  /** Whether the places are for it that are reserved for admins. */
  boolean admin() {
    return this == ADMIN;
  }

  /** Counts a client in; null, or why it is one too many and has not been counted. */
  @Nullable PgError enter() {
    Limit first = database;
    if (first != null && !first.enter()) {
      return first.full();
    }
    Limit second = user;
    if (second != null && !second.enter()) {
      if (first != null) {
        first.leave();
      }
      return second.full();
    }
    return null;
  }

  /** Counts a client out again; once for each {@link #enter} that gave null. */
  void leave() {
    Limit first = database;
    if (first != null) {
      first.leave();
    }
    Limit second = user;
    if (second != null) {
      second.leave();
    }
  }
}
