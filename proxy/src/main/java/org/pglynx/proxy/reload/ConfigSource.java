package org.pglynx.proxy.reload;

import java.util.Map;
import org.pglynx.proxy.config.ConfigException;
import org.pglynx.proxy.config.ProxyConfig;

/** Where a configuration comes from, and where a newer one can be had. */
@FunctionalInterface
public interface ConfigSource {
  /**
   * Reads and checks it all; blocks.
   *
   * @throws ConfigException with all faults
   */
  ProxyConfig load();

  /**
   * What was last read, with some of its keys set to other values; blocks.
   *
   * @param values as in the file, but without quotes, by key
   * @throws ConfigException with all faults
   */
  default ProxyConfig with(Map<String, String> values) {
    throw new UnsupportedOperationException("keys of this configuration cannot be set");
  }
}
