package org.pglynx.proxy.backend;

import java.util.Map;
import org.pglynx.proxy.auth.CredentialSource;
import org.pglynx.proxy.config.ServerTlsConfig;
import org.pglynx.proxy.transport.TlsDialers;

/**
 * A server and the login to it.
 *
 * @param host name or address
 * @param port TCP port
 * @param database the database's name on the server
 * @param user the user's name on the server
 * @param credential how to log in
 * @param connectTimeoutMillis limit for connecting and logging in together
 * @param statementLimit how many prepared statements a connection may hold for the proxy
 * @param cleans whether a connection that a session has changed is reset before the next one
 * @param tls how connections are encrypted; {@link TlsDialers#prepare} has seen it
 * @param parameters session parameters that connections begin with, and have again after a reset
 */
public record BackendTarget(
    String host,
    int port,
    String database,
    String user,
    CredentialSource credential,
    int connectTimeoutMillis,
    int statementLimit,
    boolean cleans,
    ServerTlsConfig tls,
    Map<String, String> parameters) {

  /** Copies the parameters. */
  public BackendTarget {
    parameters = Map.copyOf(parameters);
  }

  /** The same, given up sooner or later. */
  public BackendTarget connectingWithin(int millis) {
    return new BackendTarget(
        host, port, database, user, credential, millis, statementLimit, cleans, tls, parameters);
  }

  /** Host, port and database for messages. */
  public String describe() {
    return host + ":" + port + "/" + database;
  }
}
