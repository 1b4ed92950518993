package org.pglynx.ml.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Linux tells how long a thread has waited for a core. */
class WaitForCoreTest {
  @Test
  void a_thread_that_was_woken_often_has_waited() throws InterruptedException {
    assumeTrue(Files.exists(Path.of("/proc/self/schedstat")), "the kernel does not tell");
    WaitForCore own = new WaitForCore(Scheduling.thread());
    long before = own.nanos();

    for (int i = 0; i < 50; i++) {
      Thread other = new Thread(() -> {});
      other.start();
      other.join();
    }

    assertThat(own.nanos()).isGreaterThan(before);
  }

  @Test
  void a_thread_that_is_not_there_has_not() {
    assertThat(new WaitForCore(0).nanos()).isZero();
  }
}
