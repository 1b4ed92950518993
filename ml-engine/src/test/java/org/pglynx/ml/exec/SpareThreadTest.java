package org.pglynx.ml.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.pglynx.ml.model.CancelSource;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.MlException;

@Timeout(20)
class SpareThreadTest {
  private final CancelSource cancel = new CancelSource();
  private final CountDownLatch entered = new CountDownLatch(1);
  private final CountDownLatch leave = new CountDownLatch(1);

  @Test
  void allCallsAreMadeOnOneThreadOfItsOwn() {
    try (SpareThread library = SpareThread.idle("library", cancel)) {
      Thread first = library.call(Thread::currentThread);
      Thread second = library.call(Thread::currentThread);

      assertThat(first).isSameAs(second).isNotSameAs(Thread.currentThread());
      assertThat(first.isDaemon()).isTrue();
    }
  }

  @Test
  void whatACallThrowsIsThrownToWhoeverWaits() {
    try (SpareThread library = SpareThread.idle("library", cancel)) {
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() ->
              library.run(() -> {
                throw new IOException("checked");
              }))
          .withMessage("checked");
      assertThatExceptionOfType(IllegalStateException.class)
          .isThrownBy(() ->
              library.run(() -> {
                throw new IllegalStateException("unchecked");
              }))
          .withMessage("unchecked");
    }
  }

  @Test
  void aCancelLeavesACallBehindAndWhatComesLastWaitsForIt() throws InterruptedException {
    CountDownLatch released = new CountDownLatch(1);
    try (SpareThread library = SpareThread.idle("library", cancel)) {
      Thread canceller = Thread.ofVirtual().start(this::cancelOnceEntered);

      assertThatExceptionOfType(MlException.class)
          .isThrownBy(() -> library.run(this::stay))
          .matches(e -> e.kind() == MlException.Kind.CANCELLED);
      library.last(released::countDown);
      canceller.join();
    }

    assertThat(released.getCount()).isOne();
    leave.countDown();
    assertThat(released.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void nothingIsCalledOnceCancelled() {
    cancel.cancel();
    AtomicReference<String> called = new AtomicReference<>("nothing");
    try (SpareThread library = SpareThread.none(cancel)) {
      assertThatExceptionOfType(MlException.class)
          .isThrownBy(() -> library.run(() -> called.set("something")))
          .matches(e -> e.kind() == MlException.Kind.CANCELLED);
      assertThat(called).hasValue("nothing");
      library.last(() -> called.set("the end"));
    }
    assertThat(called).hasValue("the end");
  }

  @Test
  void anInterruptEndsTheWaitAsACancelDoes() {
    try (SpareThread library = SpareThread.idle("library", CancelToken.NEVER)) {
      Thread.currentThread().interrupt();

      assertThatExceptionOfType(MlException.class)
          .isThrownBy(() -> library.run(this::stay))
          .matches(e -> e.kind() == MlException.Kind.CANCELLED);
      assertThat(Thread.interrupted()).isTrue();
      leave.countDown();
    }
  }

  @Test
  void linuxRunsAnIdleThreadWhereACoreWouldIdleAndTheOtherOneWithLess() throws IOException {
    assumeTrue(Files.exists(Path.of("/proc/thread-self/stat")));
    try (SpareThread idle = SpareThread.idle("idle", cancel)) {
      // proc(5): 19 is the niceness, 41 the policy; 5 is SCHED_IDLE. A machine whose cores are all
      // taken is no place for it.
      assertThat(idle.call(() -> field(41).equals("5") || busy())).isTrue();
    }
  }

  private static boolean busy() throws IOException {
    return Integer.parseInt(field(19)) >= 10;
  }

  private static String field(int number) throws IOException {
    String stat = Files.readString(Path.of("/proc/thread-self/stat"));
    String behindName = stat.substring(stat.lastIndexOf(')') + 2);
    return behindName.split(" ", -1)[number - 3];
  }

  private void stay() throws InterruptedException {
    entered.countDown();
    leave.await();
  }

  private void cancelOnceEntered() {
    try {
      entered.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    cancel.cancel();
  }
}
