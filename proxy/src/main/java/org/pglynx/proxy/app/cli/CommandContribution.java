package org.pglynx.proxy.app.cli;

/**
 * A command that another jar brings along, found with {@link java.util.ServiceLoader}. So the demo
 * and its embedded PostgreSQL stay out of the product's jar.
 */
public interface CommandContribution {
  /**
   * A new instance of the command.
   *
   * @param launcher starts the proxy
   * @return an object annotated for picocli
   */
  Object command(ProxyLauncher launcher);
}
