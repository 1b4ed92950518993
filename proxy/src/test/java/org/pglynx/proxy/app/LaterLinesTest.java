package org.pglynx.proxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Unit: lines are written by a thread of their own, and none of those taken is lost. */
class LaterLinesTest {
  private final LoggerContext loggers = new LoggerContext();
  private final Logger logger = loggers.getLogger("org.pglynx.a.Door");
  private final Pipe pipe = new Pipe();
  private final LaterLines lines = new LaterLines(pipe);

  /** Standard error, perhaps one that nobody reads. */
  private static final class Pipe extends AppenderBase<ILoggingEvent> {
    private final List<String> written = Collections.synchronizedList(new ArrayList<>());
    private final List<String> threads = Collections.synchronizedList(new ArrayList<>());
    private volatile CountDownLatch read = new CountDownLatch(0);

    void blocks() {
      read = new CountDownLatch(1);
    }

    void isRead() {
      read.countDown();
    }

    @Override
    protected void append(ILoggingEvent event) {
      try {
        read.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      threads.add(Thread.currentThread().getName());
      written.add(event.getFormattedMessage());
    }
  }

  @BeforeEach
  void begin() {
    loggers.setMDCAdapter(new LogbackMDCAdapter());
    pipe.setContext(loggers);
    pipe.start();
    lines.setContext(loggers);
    lines.start();
    logger.addAppender(lines);
    logger.setLevel(Level.DEBUG);
  }

  @AfterEach
  void end() {
    pipe.isRead();
    lines.stop();
  }

  private void waitFor(int count) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (pipe.written.size() < count && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }

  @Test
  void lines_are_written_in_their_order_by_another_thread() {
    for (int i = 0; i < 1000; i++) {
      logger.info("line {}", i);
    }
    waitFor(1000);

    assertThat(pipe.written).hasSize(1000).startsWith("line 0", "line 1").endsWith("line 999");
    assertThat(pipe.threads).containsOnly("pglynx-log");
  }

  @Test
  void a_line_says_what_was_so_when_it_was_logged() {
    pipe.blocks();
    StringBuilder changing = new StringBuilder("before");
    logger.info("it was {}", changing);
    changing.replace(0, 6, "after");
    pipe.isRead();
    waitFor(1);

    assertThat(pipe.written).containsExactly("it was before");
  }

  @Test
  void a_pipe_that_nobody_reads_stops_nobody_and_errors_have_room_left() {
    pipe.blocks();
    int most = LaterLines.ROOM + 257;
    for (int i = 0; i < most + 1000; i++) {
      logger.info("line {}", i);
    }
    logger.warn("a warning");
    logger.error("an error");
    long dropped = lines.dropped();
    assertThat(dropped).isBetween(900L, 1000L + 257);
    pipe.isRead();
    waitFor((int) (most + 1002 - dropped));

    assertThat(pipe.written).hasSize((int) (most + 1002 - dropped));
    assertThat(pipe.written).contains("a warning", "an error");
  }

  @Test
  void what_waits_at_the_end_is_written_and_what_comes_then_is_written_at_once() {
    pipe.blocks();
    for (int i = 0; i < 100; i++) {
      logger.error("error {}", i);
    }
    pipe.isRead();
    lines.finish();
    assertThat(pipe.written).hasSize(100).endsWith("error 99");
    logger.error("the very last");

    assertThat(pipe.written).endsWith("the very last");
    assertThat(pipe.threads.getLast()).isEqualTo(Thread.currentThread().getName());
  }

  @Test
  void lines_of_many_threads_at_the_end_are_all_written() throws Exception {
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      int number = t;
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; i < 1000; i++) {
                  logger.error("{}-{}", number, i);
                }
              }));
    }
    lines.finish();
    for (Thread each : threads) {
      each.join();
    }

    assertThat(pipe.written).hasSize(4000);
    assertThatCode(lines::stop).doesNotThrowAnyException();
  }
}
