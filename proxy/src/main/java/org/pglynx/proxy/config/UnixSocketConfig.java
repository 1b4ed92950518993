package org.pglynx.proxy.config;

/**
 * The Unix domain socket for clients of this machine.
 *
 * @param directory where {@code .s.PGSQL.<port>} is made; empty for none
 * @param mode its permissions, as in chmod
 * @param group whose it is; empty for that of the process
 */
public record UnixSocketConfig(String directory, int mode, String group) {
  /** Whether there is one. */
  public boolean enabled() {
    return !directory.isEmpty();
  }
}
