package org.pglynx.proxy.app;

import java.util.Map;
import org.pglynx.proxy.config.ConfigFile;
import org.pglynx.proxy.config.ProxyConfig;
import org.pglynx.proxy.reload.ConfigSource;

/**
 * A file as a source of configurations.
 *
 * @param file the file
 */
public record FileSource(ConfigFile file) implements ConfigSource {
  @Override
  public ProxyConfig load() {
    return file.load();
  }

  @Override
  public ProxyConfig with(Map<String, String> values) {
    return file.with(values);
  }
}
