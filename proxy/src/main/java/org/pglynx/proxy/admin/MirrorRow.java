package org.pglynx.proxy.admin;

/**
 * A mirror as one user's statements reach it.
 *
 * @param database as clients name it
 * @param user as clients name it
 * @param host name or address
 * @param port TCP port
 * @param of the server that it mirrors
 * @param begun transactions, or sessions with session pooling, that it was to get
 * @param done those that it has got to their end
 * @param dropped those that it has not
 * @param waitingBytes what waits for it now
 */
public record MirrorRow(
    String database,
    String user,
    String host,
    int port,
    String of,
    long begun,
    long done,
    long dropped,
    long waitingBytes) {}
