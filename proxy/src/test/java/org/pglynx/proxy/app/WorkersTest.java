package org.pglynx.proxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Layer 1: who waits for whom off the event loops. */
class WorkersTest {
  private final Workers workers = Workers.start(2);
  private final CountDownLatch end = new CountDownLatch(1);

  @AfterEach
  void stop() {
    end.countDown();
    workers.stop();
  }

  @Test
  void a_login_does_not_wait_for_rows_that_models_work_on() throws Exception {
    for (int i = 0; i < 1000; i++) {
      workers
          .compute()
          .submit(() -> {
            end.await();
            return null;
          });
    }

    assertThat(workers.logins().submit(() -> "derived").get(20, TimeUnit.SECONDS))
        .isEqualTo("derived");
  }
}
