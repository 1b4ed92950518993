package org.pglynx.ml.exec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How long a thread of this process has waited for a core, as Linux tells it. */
final class WaitForCore {
  private final Path statistics;

  /** Of the thread that Linux knows by that number. */
  WaitForCore(int thread) {
    this.statistics = Path.of("/proc/self/task/" + thread + "/schedstat");
  }

  /** In all so far; 0 where nobody tells. */
  long nanos() {
    try {
      // Time on a core, time waited for one, slices.
      return Long.parseLong(Files.readString(statistics).split(" ", 3)[1]);
    } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException untold) {
      return 0;
    }
  }
}
