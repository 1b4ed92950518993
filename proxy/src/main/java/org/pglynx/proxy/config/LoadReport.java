package org.pglynx.proxy.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.tomlj.TomlPosition;

/** What reading one file brings to light: faults, notices and the settings in effect. */
final class LoadReport {
  /** In the order of the lines. */
  static final Comparator<ConfigFault> FILE_ORDER =
      Comparator.comparingInt(ConfigFault::line).thenComparingInt(ConfigFault::column);

  private final String file;
  private final Surroundings surroundings;
  private final List<ConfigFault> faults = new ArrayList<>();
  private final List<ConfigFault> notices = new ArrayList<>();
  private final List<Setting> settings = new ArrayList<>();
  private final SortedSet<String> known = new TreeSet<>();

  LoadReport(String file, Surroundings surroundings) {
    this.file = file;
    this.surroundings = surroundings;
  }

  /** What stands beside the file. */
  Surroundings surroundings() {
    return surroundings;
  }

  void fault(TomlPosition position, String message) {
    faults.add(at(position, message));
  }

  /** A fault of another file that this one names. */
  void fault(ConfigFault fault) {
    faults.add(fault);
  }

  /** A notice about another file that this one names. */
  void notice(ConfigFault notice) {
    notices.add(notice);
  }

  /** A key that somebody has asked for. */
  void known(String key) {
    known.add(key);
  }

  /** All keys that somebody has asked for. */
  SortedSet<String> known() {
    return known;
  }

  /** The file's name as the user gave it. */
  String file() {
    return file;
  }

  /** Another file that this one names: relative to its directory. */
  Path resolve(String named) {
    return Path.of(file).resolveSibling(named);
  }

  void notice(TomlPosition position, String message) {
    notices.add(at(position, message));
  }

  void setting(String key, String value, String defaultValue) {
    settings.add(new Setting(key, value, defaultValue));
  }

  /** Throws all faults as one, if there are any. */
  void throwIfFaulty() {
    if (!faults.isEmpty()) {
      throw new ConfigException(sorted(faults));
    }
  }

  List<ConfigFault> notices() {
    return sorted(notices);
  }

  List<Setting> settings() {
    return List.copyOf(settings);
  }

  private ConfigFault at(TomlPosition position, String message) {
    return new ConfigFault(file, position.line(), position.column(), message);
  }

  private static List<ConfigFault> sorted(List<ConfigFault> found) {
    return found.stream().sorted(FILE_ORDER).toList();
  }
}
