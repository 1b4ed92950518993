package org.pglynx.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Unit: where the demo keeps its files. */
class CacheDirectoryTest {
  private static final Path DEFAULT = Path.of(System.getProperty("user.home"), ".cache", "pglynx");

  @Test
  void theUsersCacheDirectoryIsUsedWhenItIsNamed() {
    assertThat(CacheDirectory.ofUser(Map.of("XDG_CACHE_HOME", "/var/tmp/somebody")))
        .isEqualTo(Path.of("/var/tmp/somebody/pglynx"));
  }

  @Test
  void theHomeDirectoryIsUsedOtherwise() {
    assertThat(CacheDirectory.ofUser(Map.of())).isEqualTo(DEFAULT);
  }

  @Test
  void aRelativeCacheDirectoryIsIgnoredAsTheSpecificationSays() {
    assertThat(CacheDirectory.ofUser(Map.of("XDG_CACHE_HOME", "cache"))).isEqualTo(DEFAULT);
  }
}
