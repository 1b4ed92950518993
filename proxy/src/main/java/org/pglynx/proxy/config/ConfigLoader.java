package org.pglynx.proxy.config;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import org.tomlj.Toml;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;

/**
 * Reads a configuration file in TOML. Every key of pgcat is known: it is served, or it changes
 * nothing here (a notice says so), or it is refused by name.
 */
public final class ConfigLoader {
  private static final TomlPosition START = TomlPosition.positionAt(1, 1);

  private ConfigLoader() {}

  /**
   * Reads and checks a file, in the environment of the process.
   *
   * @throws ConfigException with all faults, also when the file cannot be read
   */
  public static ProxyConfig load(Path file) {
    return new ConfigFile(file, System.getenv()).load();
  }

  /**
   * Checks a configuration given as text.
   *
   * @param name what faults call the file
   * @throws ConfigException with all faults
   */
  public static ProxyConfig parse(String toml, String name) {
    return parse(toml, name, Surroundings.NONE);
  }

  /** The keys that files may have, as far as this one makes readers ask for them. */
  static SortedSet<String> keys(String toml) {
    LoadReport report = new LoadReport("keys", Surroundings.NONE);
    read(new Section(Toml.parse(toml), List.of(), START, report), report);
    return report.known();
  }

  /**
   * The same.
   *
   * @param surroundings what stands beside the text
   */
  static ProxyConfig parse(String toml, String name, Surroundings surroundings) {
    LoadReport report = new LoadReport(name, surroundings);
    TomlParseResult result = Toml.parse(toml);
    for (TomlParseError error : result.errors()) {
      report.fault(error.position(), String.valueOf(error.getMessage()));
    }
    // A file with syntax errors has lost tables; checking the rest would report what is not wrong.
    report.throwIfFaulty();
    return read(new Section(result, List.of(), START, report), report);
  }

  private static ProxyConfig read(Section root, LoadReport report) {
    Section process = root.table("general");
    PeersConfig peers = new PeersReader(process, root.table("peers")).read();
    GeneralConfig general = new GeneralReader(process, root.table("listeners")).read();
    if (general.reusePort() && peers.own() == 0) {
      process.notice(
          "so_reuseport",
          "a cancel request may come to another process on the port and has no effect there:"
              + " give each its own peer_id, and list them in [peers]");
    }
    MlConfig ml = new MlReader(root.table("ml")).read();
    PluginsConfig plugins = new PluginReader(root.table("plugins")).read();
    Map<String, PoolConfig> pools = pools(root, general, plugins, peers);
    root.text("path", "");
    root.withoutEffect("path", "the file is the one named on the command line");
    root.finish();
    report.throwIfFaulty();
    return new ProxyConfig(general, ml, peers, pools, report.settings(), report.notices());
  }

  private static Map<String, PoolConfig> pools(
      Section root, GeneralConfig general, PluginsConfig plugins, PeersConfig peers) {
    Map<String, PoolConfig> pools = new LinkedHashMap<>();
    SupplyReader.UserLimits userLimits = new SupplyReader.UserLimits();
    for (Section pool : root.requiredTable("pools").tables()) {
      pools.put(pool.name(), new PoolReader(pool, userLimits).read(general, plugins, peers));
    }
    return pools;
  }

  static String content(Path file) {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException _) {
      throw unreadable(file, "no such file");
    } catch (MalformedInputException _) {
      throw unreadable(file, "is not UTF-8 text");
    } catch (IOException e) {
      throw unreadable(file, "cannot be read: " + e.getMessage());
    }
  }

  private static ConfigException unreadable(Path file, String why) {
    return new ConfigException(List.of(new ConfigFault(file.toString(), 1, 1, why)));
  }
}
