package org.pglynx.proxy.admin;

/**
 * A statement that clients of a database have prepared.
 *
 * @param database as clients name it
 * @param user the user whose pool it is; empty if all of the database share it
 * @param name what servers know it by
 * @param query its text
 */
public record PreparedRow(String database, String user, String name, String query) {}
