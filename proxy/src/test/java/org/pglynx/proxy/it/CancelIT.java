package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A cancel request ends the statement it was meant for, and no other. */
class CancelIT {
  @RegisterExtension static final ProxyUnderTest PROXY = ProxyUnderTest.transactionMode(1);
  @RegisterExtension static final ProxyUnderTest BUSY = ProxyUnderTest.transactionMode(2);

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

  /** PgBouncer's PR #717: a late cancel killed the next client's query. */
  @Test
  void twoHundredCancelsAmidOtherClientsHitNobodyElse_PgBouncer_717() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    List<Thread> innocents = new ArrayList<>();
    List<String> hit = Collections.synchronizedList(new ArrayList<>());
    for (int i = 0; i < 3; i++) {
      innocents.add(Thread.ofPlatform().start(() -> runUnharmed(over, hit)));
    }
    int cancelled = 0;
    try (RawConnection target = BUSY.raw()) {
      for (int i = 0; i < 200; i++) {
        target.send(RawConnection.query("SELECT pg_sleep(0.004)"));
        // From well before the statement's end to well after it.
        LockSupport.parkNanos(i % 20 * 500_000L);
        RawConnection.cancel(BUSY.port(), target.pid(), target.key());
        cancelled += target.shapes(1).contains("E:ERROR:57014") ? 1 : 0;
        assertThat(target.ask("SELECT 1"))
            .as("the same client's next statement")
            .containsExactly("T", "D", "C:SELECT 1", "Z:I");
      }
    }
    over.set(true);
    innocents.forEach(CancelIT::join);
    assertThat(hit).isEmpty();
    assertThat(cancelled).as("cancels that came in time").isGreaterThan(10);
  }

  private static void runUnharmed(AtomicBoolean over, List<String> hit) {
    try (RawConnection innocent = BUSY.raw()) {
      while (!over.get()) {
        List<String> shapes = innocent.ask("SELECT pg_sleep(0.002)");
        if (!shapes.equals(List.of("T", "D", "C:SELECT 1", "Z:I"))) {
          hit.add(shapes.toString());
        }
      }
    }
  }

  @Test
  void aFloodOfRequestsEndsOneStatementAndLeavesNothingBehind_Odyssey_84() throws Exception {
    try (RawConnection connection = PROXY.raw()) {
      connection.send(RawConnection.query("SELECT pg_sleep(30)"));
      Eventually.equal(() -> PROXY.serverProcesses("active"), 1);
      List<Thread> flood = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        flood.add(
            Thread.ofPlatform()
                .start(() -> {
                  for (int n = 0; n < 50; n++) {
                    RawConnection.cancel(PROXY.port(), connection.pid(), connection.key());
                  }
                }));
      }

      assertThat(connection.shapes(1)).contains("E:ERROR:57014", "Z:I");
      assertThat(connection.ask("SELECT 1")).containsExactly("T", "D", "C:SELECT 1", "Z:I");
      flood.forEach(CancelIT::join);
      assertThat(PROXY.serverProcesses("")).isEqualTo(1);
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
