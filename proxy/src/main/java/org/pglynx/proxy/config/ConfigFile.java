package org.pglynx.proxy.config;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A configuration file, and what the environment sets in its place: {@code PGLYNX_GENERAL_PORT} is
 * {@code general.port}, and so on for the tables {@code general} and {@code ml}; {@code ${NAME}}
 * within a text of the file is the variable.
 */
public final class ConfigFile {
  private final Path file;
  private final Surroundings surroundings;
  private @Nullable String text;

  /**
   * Not read yet.
   *
   * @param environment variables, those of others among them
   */
  public ConfigFile(Path file, Map<String, String> environment) {
    this.file = file;
    this.surroundings = Surroundings.of(environment);
  }

  /**
   * Reads and checks the file.
   *
   * @throws ConfigException with all faults
   */
  public synchronized ProxyConfig load() {
    String read = ConfigLoader.content(file);
    ProxyConfig config = ConfigLoader.parse(read, file.toString(), surroundings);
    text = read;
    return config;
  }

  /**
   * The file as it was last read without a fault, with some of its keys set to other values.
   *
   * @param values as in the file, but without quotes, by key
   * @throws ConfigException with all faults
   */
  public synchronized ProxyConfig with(Map<String, String> values) {
    String last = text;
    return ConfigLoader.parse(
        last == null ? ConfigLoader.content(file) : last,
        file.toString(),
        surroundings.with(values));
  }
}
