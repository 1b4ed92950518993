package org.pglynx.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Unit: the files in {@code config/} say what they claim. */
class SampleConfigTest {
  private static final Path SAMPLES = Path.of("..", "config");

  static List<Path> samples() {
    try (Stream<Path> files = Files.list(SAMPLES)) {
      return files.filter(file -> file.toString().endsWith(".toml")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void everySampleLoads(Path sample) {
    assertThat(ConfigLoader.load(sample).pools()).isNotEmpty();
  }

  @Test
  void theCommentedSampleNamesEveryServedKeyWithItsDefault() {
    List<Setting> shown = settings("pglynx.toml", "general.", "ml.");

    assertThat(shown)
        .filteredOn(setting -> !setting.key().startsWith("general.admin_"))
        // Its default follows connect_timeout where that is named.
        .filteredOn(setting -> !setting.key().equals("general.query_wait_timeout"))
        .allSatisfy(setting -> assertThat(setting.value()).isEqualTo(setting.defaultValue()));
    String text = read("pglynx.toml");
    assertThat(settings("minimal.toml", "general.", "ml.", "pools."))
        .extracting(setting -> setting.key().substring(setting.key().lastIndexOf('.') + 1))
        .filteredOn(key -> !WITHOUT_EFFECT.contains(key))
        .allSatisfy(key -> assertThat(text).contains(key));
  }

  @Test
  void thePgcatSampleKeepsPgcatsMeanings() {
    PoolConfig pool = load("pgcat-compatible.toml").pools().values().iterator().next();
    UserConfig user = pool.users().values().iterator().next();

    assertThat(user.authType()).isEqualTo(AuthType.MD5);
    assertThat(user.poolMode()).isEqualTo(PoolMode.SESSION);
    assertThat(user.serverUsername()).isEqualTo("app_on_server");
    assertThat(user.serverPassword()).isEqualTo(new Secret("server_password"));
    assertThat(user.timeouts())
        .isEqualTo(new TimeoutConfig(3_000, 3_000, 40_000, 60_000, WorkLimits.NONE));
  }

  @Test
  void onlyThePgcatSampleHasKeysWithoutEffect() {
    assertThat(load("pglynx.toml").notices()).isEmpty();
    assertThat(load("minimal.toml").notices()).isEmpty();
    assertThat(load("pgcat-compatible.toml").notices()).hasSizeGreaterThan(5);
  }

  /** Keys that are known for pgcat's sake only; the commented sample leaves them out. */
  private static final List<String> WITHOUT_EFFECT =
      List.of(
          "dns_cache_enabled",
          "load_balancing_mode",
          "primary_reads_enabled",
          "read_your_writes",
          "max_replica_lag",
          "max_replica_lag_bytes",
          "probe_interval",
          "mirror_percent",
          "mirror_queue_kb",
          "db_activity_init_delay",
          "db_activity_ttl",
          "table_mutation_cache_ms_ttl");

  private static List<Setting> settings(String sample, String... prefixes) {
    return load(sample).settings().stream()
        .filter(setting -> Stream.of(prefixes).anyMatch(setting.key()::startsWith))
        .toList();
  }

  private static ProxyConfig load(String sample) {
    return ConfigLoader.load(SAMPLES.resolve(sample));
  }

  private static String read(String sample) {
    try {
      return Files.readString(SAMPLES.resolve(sample));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
