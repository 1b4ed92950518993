package org.pglynx.proxy.config;

/**
 * A server that gets the statements of another one as well.
 *
 * @param host name or address
 * @param port TCP port
 * @param of which server of the shard it mirrors, counted from 0
 */
public record MirrorConfig(String host, int port, int of) {
  @Override
  public String toString() {
    return host + ":" + port;
  }
}
