package org.pglynx.proxy.config;

/**
 * The most server connections of several pools together; 0 is no limit.
 *
 * @param database to a database as clients name it, whatever the user
 * @param user of a user as clients name it, whatever the database
 * @param server to a server, whatever the database and the user
 */
public record ServerLimitConfig(int database, int user, int server) {}
