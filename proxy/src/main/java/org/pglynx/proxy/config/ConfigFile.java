package org.pglynx.proxy.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.config.pgbouncer.PgbouncerFile;

/**
 * A configuration file, in TOML or, if its name ends with {@code .ini}, as PgBouncer has it, and
 * what the environment sets in its place: {@code PGLYNX_GENERAL_PORT} is {@code general.port}, and
 * so on for the tables {@code general} and {@code ml}; {@code ${NAME}} within a text of the file is
 * the variable.
 */
public final class ConfigFile {
  /** How the names of PgBouncer's files end. */
  private static final String PGBOUNCER = ".ini";

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
    ProxyConfig config = parse(read, surroundings);
    text = read;
    return config;
  }

  private ProxyConfig parse(String read, Surroundings beside) {
    String name = file.toString();
    return name.endsWith(PGBOUNCER)
        ? rewritten(PgbouncerFile.of(read, name), beside)
        : ConfigLoader.parse(read, name, beside);
  }

  /**
   * Faults of the rewritten text are told together with those of rewriting, at the places of the
   * file.
   */
  private ProxyConfig rewritten(PgbouncerFile rewritten, Surroundings beside) {
    List<ConfigFault> faults = new ArrayList<>(rewritten.faults());
    try {
      ProxyConfig config = ConfigLoader.parse(rewritten.toml(), file.toString(), beside);
      if (faults.isEmpty()) {
        List<ConfigFault> notices = new ArrayList<>(rewritten.notices());
        config.notices().stream().map(rewritten::traced).forEach(notices::add);
        return config.with(notices);
      }
    } catch (ConfigException e) {
      e.faults().stream().map(rewritten::traced).forEach(faults::add);
    }
    faults.sort(LoadReport.FILE_ORDER);
    throw new ConfigException(faults);
  }

  /**
   * The file as it was last read without a fault, with some of its keys set to other values.
   *
   * @param values as in the file, but without quotes, by key
   * @throws ConfigException with all faults
   */
  public synchronized ProxyConfig with(Map<String, String> values) {
    String last = text;
    return parse(last == null ? ConfigLoader.content(file) : last, surroundings.with(values));
  }
}
