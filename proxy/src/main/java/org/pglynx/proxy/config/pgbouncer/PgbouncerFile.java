package org.pglynx.proxy.config.pgbouncer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.config.ConfigFault;
import org.pglynx.proxy.config.Spelling;

/**
 * A {@code pgbouncer.ini}, rewritten as our own configuration with all that it means, also where it
 * relies on PgBouncer's defaults. What cannot be rewritten is told with its file and line, and so
 * is what our reader says of the result.
 */
public final class PgbouncerFile {
  private final TomlText toml = new TomlText();
  private final List<ConfigFault> faults = new ArrayList<>();
  private final List<ConfigFault> notices = new ArrayList<>();
  private final Map<String, IniEntry> settings = new LinkedHashMap<>();
  private final List<IniEntry> databases = new ArrayList<>();
  private final List<IniEntry> users = new ArrayList<>();
  private final List<IniEntry> peers = new ArrayList<>();
  private final String name;

  private PgbouncerFile(String name) {
    this.name = name;
  }

  /**
   * Rewrites a file; the files that it includes are read.
   *
   * @param text what stands in it
   * @param name its name, as the user gave it
   */
  public static PgbouncerFile of(String text, String name) {
    PgbouncerFile file = new PgbouncerFile(name);
    IniFile read = IniFile.read(text, name);
    file.faults.addAll(read.faults());
    read.entries().forEach(file::sort);
    new GeneralTable(file).write();
    new PeerTables(file).write(file.peers);
    new PoolTables(file).write(file.databases, file.users);
    return file;
  }

  private void sort(IniEntry entry) {
    switch (entry.section()) {
      case "pgbouncer" -> settings.put(entry.key().toLowerCase(java.util.Locale.ROOT), entry);
      case "databases" -> databases.add(entry);
      case "users" -> users.add(entry);
      case "peers" -> peers.add(entry);
      default -> fault(entry, "[" + entry.section() + "] is no section of PgBouncer's");
    }
  }

  /** Our configuration. */
  public String toml() {
    return toml.toString();
  }

  /** What cannot be rewritten. */
  public List<ConfigFault> faults() {
    return List.copyOf(faults);
  }

  /** What the user should know although nothing is wrong. */
  public List<ConfigFault> notices() {
    return List.copyOf(notices);
  }

  /** A fault or a notice about the rewritten text, at the place that this comes from. */
  public ConfigFault traced(ConfigFault found) {
    if (!found.file().equals(name)) {
      return found;
    }
    IniEntry origin = toml.origin(found.line());
    return origin == null
        ? new ConfigFault(name, 1, 1, found.message())
        : new ConfigFault(origin.file(), origin.line(), 1, found.message());
  }

  // ---- for those who write the tables ----------------------------------------------------------

  TomlText out() {
    return toml;
  }

  Map<String, IniEntry> settings() {
    return settings;
  }

  /** The value of a key of {@code [pgbouncer]}. */
  String setting(String key, String fallback) {
    IniEntry entry = settings.get(key);
    return entry == null ? fallback : entry.value();
  }

  @Nullable IniEntry entry(String key) {
    return settings.get(key);
  }

  void fault(@Nullable IniEntry entry, String message) {
    faults.add(at(entry, message));
  }

  void notice(@Nullable IniEntry entry, String message) {
    notices.add(at(entry, message));
  }

  private ConfigFault at(@Nullable IniEntry entry, String message) {
    return entry == null
        ? IniFile.fault(name, 1, message)
        : IniFile.fault(entry.file(), entry.line(), message);
  }

  /** What stands behind a name; nothing, and a fault, if it cannot be read. */
  Map<String, String> pairs(IniEntry entry) {
    try {
      return new LinkedHashMap<>(ConnectString.parse(entry.value()));
    } catch (IllegalArgumentException e) {
      fault(entry, entry.key() + ": " + e.getMessage());
      return new LinkedHashMap<>();
    }
  }

  /** Reports what nobody has asked for. */
  void unknown(IniEntry entry, Iterable<String> left, List<String> known) {
    for (String key : left) {
      fault(entry, entry.key() + ": unknown key \"" + key + '"' + Spelling.suggestion(key, known));
    }
  }
}
