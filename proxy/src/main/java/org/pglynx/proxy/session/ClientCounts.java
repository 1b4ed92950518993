package org.pglynx.proxy.session;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * How many clients are in each database, and how many each user has in all of them; one for the
 * process. Exact whatever the number of threads.
 */
public final class ClientCounts {
  private final Tally databases = new Tally();
  private final Tally users = new Tally();

  /**
   * What the clients of a database and user are held to.
   *
   * @param databaseLimit the most clients of the database; 0 is no limit
   * @param userLimit the most clients of the user, whatever the database; 0 is no limit
   */
  public ClientQuota quota(String database, int databaseLimit, String user, int userLimit) {
    return new ClientQuota(
        new ClientQuota.Limit(
            databases, database, databaseLimit, "database", "max_db_client_connections"),
        new ClientQuota.Limit(users, user, userLimit, "role", "max_user_client_connections"));
  }

  /** The clients of the database. */
  public int ofDatabase(String database) {
    return databases.count(database);
  }

  /** The clients of the user, whatever the database. */
  public int ofUser(String user) {
    return users.count(user);
  }

  /** Numbers by name; a name that has none takes no memory. */
  static final class Tally {
    private final ConcurrentMap<String, Integer> counts = new ConcurrentHashMap<>();

    /** Counts one more, unless there are as many as the limit says (0: no limit). */
    boolean enter(String name, int limit) {
      while (true) {
        Integer now = counts.putIfAbsent(name, 1);
        if (now == null) {
          return true;
        }
        if (limit != 0 && now >= limit) {
          return false;
        }
        if (counts.replace(name, now, now + 1)) {
          return true;
        }
      }
    }

    void leave(String name) {
      counts.computeIfPresent(name, (key, now) -> now == 1 ? null : now - 1);
    }

    int count(String name) {
      return counts.getOrDefault(name, 0);
    }
  }
}
