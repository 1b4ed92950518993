package org.pglynx.proxy.ml;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The memory of the machine, or of the container if that has less. */
public final class MachineMemory {
  private static final Logger LOG = LoggerFactory.getLogger(MachineMemory.class);
  private static final String TOTAL = "MemTotal:";

  private MachineMemory() {}

  /** In bytes; {@link Long#MAX_VALUE} where nobody tells. */
  public static long bytes() {
    return of(
        Path.of("/proc/meminfo"),
        List.of(limit("memory.max"), limit("memory/memory.limit_in_bytes")));
  }

  private static Path limit(String file) {
    return Path.of("/sys/fs/cgroup", file);
  }

  /** By proc(5), and by the limits of control groups, which may be missing or say "max". */
  static long of(Path machine, List<Path> limits) {
    return Stream.concat(Stream.of(total(machine)), limits.stream().map(MachineMemory::limit))
        .mapToLong(Long::longValue)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  private static long total(Path file) {
    for (String line : lines(file)) {
      if (line.startsWith(TOTAL)) {
        return number(line.replaceAll("\\D", ""), 1024);
      }
    }
    return Long.MAX_VALUE;
  }

  private static long limit(Path file) {
    List<String> lines = lines(file);
    return lines.isEmpty() ? Long.MAX_VALUE : number(lines.getFirst().strip(), 1);
  }

  private static long number(String text, long unit) {
    try {
      return Math.multiplyExact(Long.parseLong(text), unit);
    } catch (NumberFormatException | ArithmeticException none) {
      return Long.MAX_VALUE;
    }
  }

  private static List<String> lines(Path file) {
    try {
      return Files.isReadable(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException e) {
      LOG.debug("cannot tell how much memory there is", e);
      return List.of();
    }
  }
}
