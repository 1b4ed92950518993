package org.pglynx.proxy.stats;

/**
 * What tells a connection from all others, for PgBouncer's columns of SHOW CLIENTS and SHOW
 * SERVERS.
 *
 * @param ptr a name that it alone has, as long as it lasts
 * @param local the proxy's own end; {@code unix} on a Unix socket
 */
public record Socket(String ptr, String local) {
  /** Of a connection that is not there yet, or not any more. */
  public static final Socket NONE = new Socket("", "");
}
