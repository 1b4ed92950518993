package org.pglynx.proxy.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.pglynx.proxy.config.pgbouncer.PgbouncerFile;

/**
 * A configuration of PgBouncer or pgcat, rewritten as our own.
 *
 * @param toml ours; what is worth knowing stands in its comments
 * @param faults what keeps it from meaning what the given one means
 */
public record Conversion(String toml, List<ConfigFault> faults) {
  private static final String NO_EFFECT = " has no effect: ";

  /**
   * Rewrites a file.
   *
   * @throws ConfigException if it cannot be read
   */
  public static Conversion of(Path file) {
    String text = ConfigLoader.content(file);
    return file.toString().endsWith(".ini") ? ofIni(text, file) : ofToml(text, file);
  }

  private static Conversion ofIni(String text, Path file) {
    PgbouncerFile rewritten = PgbouncerFile.of(text, file.toString());
    StringBuilder toml = new StringBuilder("# From " + file + ".\n");
    rewritten.notices().forEach(notice -> toml.append("# ").append(notice).append('\n'));
    toml.append(rewritten.toml());
    return new Conversion(toml.toString(), faults(file));
  }

  /** A file of pgcat's is one of ours: only what changes nothing here is taken out of effect. */
  private static Conversion ofToml(String text, Path file) {
    List<String> lines = new ArrayList<>(Arrays.asList(text.split("\n", -1)));
    List<ConfigFault> faults = faults(file);
    if (faults.isEmpty()) {
      for (ConfigFault notice : ConfigLoader.load(file).notices()) {
        if (notice.file().equals(file.toString()) && notice.message().contains(NO_EFFECT)) {
          comment(lines, notice);
        }
      }
    }
    return new Conversion(String.join("\n", lines), faults);
  }

  /** A value of several lines, or of a table in one, stays as it is: its notice says enough. */
  private static void comment(List<String> lines, ConfigFault notice) {
    String line = lines.get(notice.line() - 1);
    boolean alone = line.matches("\\s*[A-Za-z_]+\\s*=\\s*[^\\[{]*");
    String why = notice.message().substring(notice.message().indexOf(NO_EFFECT) + 1);
    lines.set(notice.line() - 1, (alone ? "# " : "") + line + (alone ? "  # " + why : ""));
  }

  private static List<ConfigFault> faults(Path file) {
    try {
      ConfigLoader.load(file);
      return List.of();
    } catch (ConfigException e) {
      return e.faults();
    }
  }
}
