package org.pglynx.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Unit: what becomes of a server that a killed demo left behind; a sleeping process plays it. */
@EnabledOnOs(OS.LINUX)
class LeftoverServerTest {
  @TempDir private Path dir;
  private Path dataDirectory = Path.of("");
  private @Nullable Process running;

  @BeforeEach
  void createDataDirectory() throws Exception {
    dataDirectory = Files.createDirectory(dir.resolve("data"));
  }

  @AfterEach
  void endProcess() {
    if (running != null) {
      running.destroyForcibly();
    }
  }

  @Test
  void theServerOfTheDataDirectoryIsStopped() throws Exception {
    Process process = startProcessNamed("postgres");
    Files.writeString(
        dataDirectory.resolve("postmaster.pid"), process.pid() + "\n" + dataDirectory);

    LeftoverServer.stop(dataDirectory);

    assertThat(process.onExit()).succeedsWithin(Duration.ofSeconds(5));
  }

  @Test
  void anotherProcessThatGotTheSameNumberIsLeftAlone() throws Exception {
    Process process = startProcessNamed("innocent");
    Files.writeString(dataDirectory.resolve("postmaster.pid"), process.pid() + "\n");

    LeftoverServer.stop(dataDirectory);

    assertThat(process.isAlive()).isTrue();
  }

  @Test
  void aDataDirectoryWithoutServerIsLeftAlone() throws Exception {
    LeftoverServer.stop(dataDirectory);

    assertThat(dataDirectory).isEmptyDirectory();
  }

  private Process startProcessNamed(String name) throws Exception {
    Path sleep = Files.copy(Path.of("/bin/sleep").toRealPath(), dir.resolve(name));
    assertThat(sleep.toFile().setExecutable(true)).isTrue();
    Process started = new ProcessBuilder(sleep.toString(), "60").start();
    running = started;
    return started;
  }
}
