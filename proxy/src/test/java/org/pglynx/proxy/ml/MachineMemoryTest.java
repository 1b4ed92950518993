package org.pglynx.proxy.ml;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineMemoryTest {
  @TempDir private Path directory;

  @Test
  void is_the_machines_where_the_container_has_no_limit() throws IOException {
    Path machine = file("meminfo", "MemTotal:       24684936 kB\nMemFree:        1 kB\n");

    long bytes = MachineMemory.of(machine, List.of(file("max", "max\n"), directory.resolve("no")));

    assertThat(bytes).isEqualTo(24684936L * 1024);
  }

  @Test
  void is_the_containers_where_that_has_less() throws IOException {
    Path machine = file("meminfo", "MemTotal:       24684936 kB\n");

    assertThat(MachineMemory.of(machine, List.of(file("max", "536870912\n"))))
        .isEqualTo(536870912L);
  }

  @Test
  void is_no_limit_where_nobody_tells() {
    assertThat(MachineMemory.of(directory.resolve("none"), List.of())).isEqualTo(Long.MAX_VALUE);
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }
}
