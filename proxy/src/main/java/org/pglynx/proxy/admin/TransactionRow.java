package org.pglynx.proxy.admin;

/**
 * A transaction over several shards that has not ended on all of them.
 *
 * @param name how its parts are prepared on the shards, which add their number
 * @param database the database that clients name
 * @param user the user that the client logged in as
 * @param state preparing, committing, or left: decided, and to be committed where it is not yet
 * @param shards that may have a part of it still
 * @param seconds since it was begun, or since the process has known of it
 */
public record TransactionRow(
    String name, String database, String user, String state, String shards, long seconds) {}
