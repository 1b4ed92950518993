package org.pglynx.ml.boost;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class LightgbmLibraryTest {
  @Test
  @EnabledOnOs(OS.LINUX)
  void theLibraryIsMappedFromADirectoryOfThisProcessAlone() throws IOException {
    String shared = System.getProperty("java.io.tmpdir");

    LightgbmLibrary.load();
    LightgbmLibrary.load();

    List<String> mapped =
        Files.readAllLines(Path.of("/proc/self/maps")).stream()
            .filter(line -> line.contains("lib_lightgbm"))
            .toList();
    assertThat(mapped).isNotEmpty().allMatch(line -> line.contains("/pglynx-lightgbm"));
    assertThat(System.getProperty("java.io.tmpdir")).isEqualTo(shared);
  }
}
