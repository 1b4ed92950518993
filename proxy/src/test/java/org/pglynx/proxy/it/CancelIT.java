package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A cancel request ends the statement it was meant for, and no other. */
class CancelIT {
  @RegisterExtension static final ProxyUnderTest PROXY = ProxyUnderTest.transactionMode(1);

  @Test
  void theRunningStatementEnds() {
    try (RawConnection connection = PROXY.raw()) {
      connection.send(RawConnection.query("SELECT pg_sleep(30)"));
      Eventually.pause(200);
      RawConnection.cancel(PROXY.port(), connection.pid(), connection.key());

      assertThat(connection.shapes(1)).contains("E:ERROR:57014", "Z:I");
      assertThat(connection.value("SELECT 'alive'")).isEqualTo("alive");
    }
  }

  @Test
  void aWrongKeyEndsNothing() {
    try (RawConnection connection = PROXY.raw()) {
      connection.send(RawConnection.query("SELECT 'done' FROM pg_sleep(1)"));
      Eventually.pause(200);
      byte[] wrong = connection.key().clone();
      wrong[0] ^= 1;
      RawConnection.cancel(PROXY.port(), connection.pid(), wrong);

      assertThat(connection.shapes(1)).containsExactly("T", "D", "C:SELECT 1", "Z:I");
    }
  }

  @Test
  void aLateRequestNeverHitsTheNextClient() {
    try (RawConnection first = PROXY.raw();
        RawConnection second = PROXY.raw()) {
      for (int i = 0; i < 60; i++) {
        first.send(RawConnection.query("SELECT 1"));
        Thread late =
            Thread.ofPlatform()
                .start(() -> RawConnection.cancel(PROXY.port(), first.pid(), first.key()));
        second.send(RawConnection.query("SELECT pg_sleep(0.005)"));

        first.untilReady();
        assertThat(second.shapes(1)).containsExactly("T", "D", "C:SELECT 1", "Z:I");
        join(late);
      }
    }
  }

  @Test
  void aRequestWhileNothingRunsHitsNothing() {
    try (RawConnection connection = PROXY.raw()) {
      connection.ask("BEGIN");
      RawConnection.cancel(PROXY.port(), connection.pid(), connection.key());
      Eventually.pause(100);

      assertThat(connection.value("SELECT 'alive'")).isEqualTo("alive");
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
