package org.pglynx.proxy.admin;

import org.jspecify.annotations.Nullable;

/**
 * Which pools a command is for.
 *
 * @param database as clients name it; null for all
 * @param user as clients name it; null for all of the database
 */
public record AdminTarget(@Nullable String database, @Nullable String user) {
  /** Every pool. */
  public static final AdminTarget ALL = new AdminTarget(null, null);

  /** Whether the pool is meant. */
  public boolean covers(String ofDatabase, String ofUser) {
    return (database == null || database.equals(ofDatabase))
        && (user == null || user.equals(ofUser));
  }

  @Override
  public String toString() {
    if (database == null) {
      return "";
    }
    return user == null ? database : database + "," + user;
  }
}
