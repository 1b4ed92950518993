package org.pglynx.proxy.reload;

import org.pglynx.proxy.config.ProxyConfig;

/** The running process, as a new configuration changes it. Called by one thread at a time. */
public interface ReloadTarget {
  /**
   * Gets ready what could fail, such as reading keys, and changes nothing yet.
   *
   * @throws ReloadException if the configuration cannot be used
   */
  void prepare(ProxyConfig config) throws ReloadException;

  /** Makes one change. */
  void apply(Change change, ProxyConfig config);
}
