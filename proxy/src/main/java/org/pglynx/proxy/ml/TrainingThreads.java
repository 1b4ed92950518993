package org.pglynx.proxy.ml;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many threads one training uses: those that run share the cores. All cores, as trainings take
 * only what nobody else wants; but half of them where the process has a quota of time, which is
 * spent whoever spends it.
 */
final class TrainingThreads {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingThreads.class);
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String ALLOWED = "Cpus_allowed_list:";

  private final int usable;
  private final IntSupplier running;

  /**
   * A share.
   *
   * @param usable threads that compute at a time
   * @param running trainings that run now
   */
  TrainingThreads(int usable, IntSupplier running) {
    this.usable = usable;
    this.running = running;
  }

  /** Of this process's cores. */
  static TrainingThreads ofMachine(IntSupplier running) {
    int cores = Runtime.getRuntime().availableProcessors();
    return new TrainingThreads(usable(cores, allowed(cores)), running);
  }

  /** The JVM counts fewer cores than it may run on where it has a quota. */
  static int usable(int cores, int allowed) {
    return cores < allowed ? Math.max(1, cores / 2) : cores;
  }

  /** For a training that begins now, which is among those that run. */
  int each() {
    return Math.max(1, usable / Math.max(1, running.getAsInt()));
  }

  private static int allowed(int otherwise) {
    try {
      return Files.readAllLines(STATUS).stream()
          .filter(line -> line.startsWith(ALLOWED))
          .mapToInt(line -> count(line.substring(ALLOWED.length()).strip()))
          .findFirst()
          .orElse(otherwise);
    } catch (IOException | NumberFormatException e) {
      LOG.debug("cannot tell on which cores the process may run", e);
      return otherwise;
    }
  }

  /** How many numbers a list like {@code 0-3,8} has. */
  static int count(String list) {
    int count = 0;
    for (String range : list.split(",", -1)) {
      int dash = range.indexOf('-');
      count +=
          dash < 0
              ? 1
              : Integer.parseInt(range.substring(dash + 1))
                  - Integer.parseInt(range.substring(0, dash))
                  + 1;
    }
    return count;
  }
}
