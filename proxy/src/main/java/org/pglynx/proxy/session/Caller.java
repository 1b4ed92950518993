package org.pglynx.proxy.session;

/**
 * Who asks to come in; nothing of it is proven but the origin.
 *
 * @param database the database it names, or its user name if it names none; at most 63 bytes
 * @param user the user it names; at most 63 bytes
 * @param replication whether it wants to stream the whole cluster's WAL ({@code replication=true};
 *     with {@code replication=database} it is an ordinary client of its database)
 * @param origin where it comes from
 */
public record Caller(String database, String user, boolean replication, Origin origin) {}
