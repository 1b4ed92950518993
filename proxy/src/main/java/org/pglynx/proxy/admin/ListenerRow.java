package org.pglynx.proxy.admin;

/**
 * Where clients connect.
 *
 * @param type tcp, unix or http
 * @param address the address, or the path of the socket
 * @param port the TCP port, or the one in the socket's name
 * @param tls what is asked of clients, in libpq's words
 * @param target which servers they get into, in libpq's words
 */
public record ListenerRow(String type, String address, int port, String tls, String target) {}
