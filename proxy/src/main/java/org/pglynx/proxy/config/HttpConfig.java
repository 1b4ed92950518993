package org.pglynx.proxy.config;

/**
 * Where the process answers HTTP: metrics, health.
 *
 * @param host address to listen on; empty for that of the clients
 * @param port TCP port; 0 lets the kernel choose, {@link #OFF} is none
 */
public record HttpConfig(String host, int port) {
  /** No port: nothing is served. */
  public static final int OFF = -1;

  /** Nothing is served. */
  public static final HttpConfig NONE = new HttpConfig("", OFF);

  /** Whether anything is served. */
  public boolean enabled() {
    return port != OFF;
  }
}
