package org.pglynx.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Unit: docs/configuration.md has every key that the readers ask for, and no other. */
class ConfigurationReferenceTest {
  private static final Path REFERENCE = Path.of("..", "docs", "configuration.md");
  private static final Pattern HEAD = Pattern.compile("## \\[+([A-Za-z_.]+)\\]+");
  private static final Pattern ROW = Pattern.compile("\\| `([a-z_0-9]+)` \\| (.*?) \\| (.+) \\|");

  /** What follows from other keys; the page says from which. */
  private static final Set<String> FOLLOWING =
      Set.of(
          "pools.NAME.primary_reads_enabled",
          "pools.NAME.unique_id_node",
          "pools.NAME.users.KEY.password",
          "pools.NAME.users.KEY.server_username");

  private static String everything() {
    try (var in = ConfigurationReferenceTest.class.getResourceAsStream("/config/everything.toml")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The path of a key as the page has it: members of lists have no number, peers and shards N. */
  private static String named(String path) {
    return path.replaceFirst("^peers\\.\\d+\\.", "peers.N.")
        .replaceFirst("\\.shards\\.\\d+\\.", ".shards.N.")
        .replaceFirst("\\.(hba|sharded_tables)\\.\\d+\\.", ".$1.");
  }

  /** Keys that hold a value, and no table with a heading of its own. */
  private static Set<String> asked() {
    Set<String> keys = new TreeSet<>();
    for (String key : ConfigLoader.keys(everything())) {
      keys.add(named(key));
    }
    keys.removeAll(
        Set.of(
            "general",
            "listeners",
            "ml",
            "path",
            "peers",
            "plugins",
            "pools",
            "pools.NAME.shards",
            "pools.NAME.users"));
    keys.removeIf(key -> key.startsWith("pools.NAME.plugins."));
    return keys;
  }

  /** The defaults of the page, by path. */
  private static Map<String, String> shown() throws IOException {
    Map<String, String> rows = new TreeMap<>();
    String section = "";
    for (String line : Files.readAllLines(REFERENCE)) {
      Matcher head = HEAD.matcher(line);
      Matcher row = ROW.matcher(line);
      if (head.matches()) {
        section = head.group(1);
      } else if (row.matches()) {
        assertThat(rows.put(section + "." + row.group(1), row.group(2))).as(line).isNull();
      }
    }
    return rows;
  }

  @Test
  void the_reference_has_every_key_and_no_other() throws IOException {
    Set<String> missing = new TreeSet<>(asked());
    missing.removeAll(shown().keySet());
    Set<String> extra = new TreeSet<>(shown().keySet());
    extra.removeAll(asked());

    assertThat(missing).as("keys that docs/configuration.md has not").isEmpty();
    assertThat(extra).as("keys of docs/configuration.md that no reader asks for").isEmpty();
  }

  @Test
  void the_reference_has_the_defaults() throws IOException {
    Map<String, String> shown = shown();
    Map<String, String> defaults = new HashMap<>();
    for (Setting setting : ConfigLoader.parse(everything(), "everything.toml").settings()) {
      defaults.put(named(setting.key()), setting.defaultValue());
    }
    defaults.keySet().removeAll(FOLLOWING);
    assertThat(shown)
        .allSatisfy((key, value) -> {
          String expected = defaults.getOrDefault(key, "");
          String written =
              expected.isEmpty() ? "" : expected.equals("-") ? "–" : '`' + expected + '`';
          if (!FOLLOWING.contains(key)) {
            assertThat(value).as(key).isEqualTo(written);
          }
        });
  }
}
