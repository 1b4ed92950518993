package org.pglynx.proxy.config;

/**
 * How a server is asked for the secrets of users.
 *
 * @param sql gives the user's name and its secret; {@code $1} is the name asked for
 * @param user the role that asks
 * @param password the role's password; may be empty
 * @param database where to ask; empty is the pool's own database
 * @param cacheTtlMillis how long an answer is remembered; 0 is not at all
 * @param connections the most connections that ask, for each pool
 */
public record AuthQueryConfig(
    String sql,
    String user,
    Secret password,
    String database,
    long cacheTtlMillis,
    int connections) {
  /** PgBouncer's since 1.24.1: whose password has expired has none (CVE-2025-2291). */
  public static final String DEFAULT_SQL =
      "SELECT rolname, CASE WHEN rolvaliduntil < pg_catalog.now() THEN NULL ELSE rolpassword END"
          + " FROM pg_catalog.pg_authid WHERE rolname=$1 AND rolcanlogin";
}
