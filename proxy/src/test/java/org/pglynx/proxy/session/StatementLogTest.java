package org.pglynx.proxy.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.wire.BackendBytes.complete;
import static org.pglynx.proxy.wire.BackendBytes.ready;
import static org.pglynx.proxy.wire.FrontendBytes.query;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.read.ListAppender;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.pglynx.proxy.backend.ScriptedServer;
import org.pglynx.proxy.config.PluginsConfig;
import org.pglynx.proxy.config.StatementLogConfig;
import org.pglynx.proxy.wire.FrontendTag;
import org.slf4j.LoggerFactory;

/** Layer 2: which statements are told as slow ones, and how. */
class StatementLogTest {
  private static final long SLOW_MILLIS = 1;

  @RegisterExtension final Rig rig = new Rig();
  private final ScriptedServer server = rig.server();
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  @BeforeEach
  void listen() {
    lines.start();
    logger().addAppender(lines);
  }

  @AfterEach
  void stop() {
    logger().detachAppender(lines);
    rig.registry.statementLog().close();
  }

  private static Logger logger() {
    return (Logger) LoggerFactory.getLogger(StatementLog.class);
  }

  private TestClient client(StatementLogConfig config) {
    rig.registry.statements(config);
    return rig.client();
  }

  private void answersLate() {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(SLOW_MILLIS);
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    server.says(complete("SELECT 0"), ready('I'));
  }

  /** The log's own thread has taken so many. */
  private List<SlowRow> rows(int count) {
    rig.loop.runUntil(() -> taken() == count);
    return rig.registry.statementLog().rows();
  }

  private List<RunningView> running() {
    CompletableFuture<List<RunningView>> asked = rig.registry.running().toCompletableFuture();
    rig.loop.runUntil(asked::isDone);
    return asked.join();
  }

  private long taken() {
    return rig.registry.statementLog().rows().stream().mapToLong(SlowRow::count).sum();
  }

  @Test
  void a_slow_statement_is_a_line_without_its_values() {
    TestClient client = client(new StatementLogConfig(SLOW_MILLIS, 100, false));
    client.sends(query("select 'secret' as it"));
    answersLate();

    assertThat(rows(1)).singleElement().extracting(SlowRow::text).isEqualTo("select ? as it");
    rig.loop.runUntil(() -> !lines.list.isEmpty());
    assertThat(lines.list.getFirst().getFormattedMessage())
        .contains("database=shop user=app", "ahead=false", "query=select ? as it")
        .doesNotContain("secret");
  }

  @Test
  void what_was_sent_ahead_is_told_to_be_so() {
    TestClient client = client(new StatementLogConfig(SLOW_MILLIS, 100, false));
    client.sends(query("select 1 as first"), query("select 2 as second"));
    answersLate();
    answersLate();

    assertThat(rows(2)).singleElement().extracting(SlowRow::text).isEqualTo("select ? as second");
    rig.loop.runUntil(() -> lines.list.size() == 2);
    assertThat(lines.list).allMatch(line -> line.getFormattedMessage().contains("ahead=true"));
  }

  @Test
  void a_line_names_the_trace_that_its_statement_belongs_to() {
    String trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    TestClient client = client(new StatementLogConfig(SLOW_MILLIS, 100, false));
    client.sends(query("select 1 /*action='secret',traceparent='" + trace + "'*/"));
    answersLate();

    rows(1);
    rig.loop.runUntil(() -> !lines.list.isEmpty());
    assertThat(lines.list.getFirst().getFormattedMessage())
        .contains("traceparent=" + trace + " query=select ?")
        .doesNotContain("secret");
  }

  @Test
  void keeping_the_texts_of_queries_allocates_nothing() {
    rig.registry.statements(new StatementLogConfig(1_000_000, 100, true));
    rig.client();
    Session session = (Session) Objects.requireNonNull(rig.registry.find(rig.onlyId()));
    StatementTrace trace = Objects.requireNonNull(session.activity().trace());
    byte[] frame = query("select " + "x".repeat(600));
    ByteBuf buffer = Unpooled.wrappedBuffer(frame);
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long id = Thread.currentThread().threadId();
    ExtendedQueries extended = new FrontendFrames(session, session.profile()).extended();
    runs(extended, trace, buffer, frame.length);

    long before = threads.getThreadAllocatedBytes(id);
    for (int i = 0; i < 100_000; i++) {
      runs(extended, trace, buffer, frame.length);
    }

    // Asking allocates some bytes itself; a single object for each query would be 1.6 MB.
    assertThat(threads.getThreadAllocatedBytes(id) - before).isLessThan(100_000);
  }

  private static void runs(
      ExtendedQueries extended, StatementTrace trace, ByteBuf buffer, int length) {
    trace.wanted(FrontendTag.QUERY, length);
    trace.frame(extended, FrontendTag.QUERY, buffer, 0, length, length);
    trace.passed();
    trace.answered(1_000, false);
  }

  @Test
  void a_sample_of_nothing_is_counted_without_a_line() {
    TestClient client = client(new StatementLogConfig(SLOW_MILLIS, 0, false));
    client.sends(query("select 1"));
    answersLate();

    assertThat(rows(1)).hasSize(1);
    assertThat(lines.list).isEmpty();
  }

  @Test
  void a_session_keeps_nothing_unless_it_is_asked_to() {
    TestClient client = client(StatementLogConfig.NONE);
    client.sends(query("select 1"));

    assertThat(running()).singleElement().extracting(RunningView::text).isNull();
    answersLate();
    assertThat(rig.registry.statementLog().rows()).isEmpty();
  }

  @Test
  void a_long_text_is_cut() {
    TestClient client = client(new StatementLogConfig(0, 100, true));
    client.sends(query("select " + "x".repeat(5000)));

    RunningView.Text text = Objects.requireNonNull(running().getFirst().text());
    assertThat(text.bytes()).hasSize(StatementTrace.KEPT);
    assertThat(text.shown()).endsWith("x…");
    answersLate();
  }

  // ---- query_logger ----------------------------------------------------------------------------

  private static final Logger QUERIES = (Logger) LoggerFactory.getLogger(QueryLog.LOGGER);

  /** What query_logger has written when so many lines are there. */
  private List<String> logged(
      PluginsConfig.QueryLog how, int lineCount, Consumer<TestClient> work) {
    ListAppender<ILoggingEvent> appender = new ListAppender<>();
    appender.list = new CopyOnWriteArrayList<>();
    appender.start();
    QUERIES.setLevel(Level.INFO);
    QUERIES.addAppender(appender);
    try {
      work.accept(rig.loggingClient(how));
      rig.loop.runUntil(() -> appender.list.size() >= lineCount);
      return appender.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    } finally {
      QUERIES.detachAppender(appender);
    }
  }

  private void runs(TestClient client, String sql) {
    client.sends(query(sql));
    server.says(complete("SELECT 0"), ready('I'));
  }

  @Test
  void a_statement_is_logged_once_answered_with_its_duration() {
    List<String> written =
        logged(
            new PluginsConfig.QueryLog(100, false, 0),
            1,
            client -> runs(client, "SELECT 'a'\nFROM t"));

    assertThat(written)
        .singleElement()
        .asString()
        .startsWith("[pool: shop][user: app] SELECT 'a' FROM t -- took_ms=")
        .contains(" statements=1");
  }

  @Test
  void literals_are_left_out_of_the_log_if_so_configured() {
    List<String> written =
        logged(
            new PluginsConfig.QueryLog(100, true, 0),
            2,
            client -> {
              runs(client, "SELECT * FROM t WHERE a = 'secret' AND c = 17 /* secret */");
              runs(client, "SELECT 'unclosed secret");
            });

    assertThat(written).hasSize(2).noneMatch(line -> line.contains("secret"));
    assertThat(written.getFirst()).doesNotContain("= 17");
  }

  @Test
  void a_sample_of_the_statements_is_logged() {
    AtomicInteger count = new AtomicInteger();
    List<String> written =
        logged(
            new PluginsConfig.QueryLog(10, false, 0),
            130,
            client -> {
              for (int i = 0; i < 2_000; i++) {
                runs(client, "SELECT " + count.incrementAndGet());
              }
            });

    assertThat(written.size()).isBetween(130, 300);
  }

  @Test
  void pipelined_statements_have_a_line_each() {
    List<String> written =
        logged(
            new PluginsConfig.QueryLog(100, false, 0),
            3,
            client -> {
              client.sends(query("SELECT 1"), query("SELECT 2"), query("SELECT 3"));
              for (int i = 0; i < 3; i++) {
                server.says(complete("SELECT 0"), ready('I'));
              }
            });

    assertThat(written)
        .extracting(line -> line.substring(0, line.indexOf(" --")))
        .containsExactly(
            "[pool: shop][user: app] SELECT 1",
            "[pool: shop][user: app] SELECT 2",
            "[pool: shop][user: app] SELECT 3");
  }

  @Test
  void what_was_lost_with_its_server_is_not_taken_for_a_part_of_what_comes_next() {
    List<String> written =
        logged(
            new PluginsConfig.QueryLog(100, false, 0),
            1,
            client -> {
              client.sends(query("SELECT 1"), query("SELECT 2"));
              server.dies();
              client.sends(query("SELECT 3"));
              rig.server().says(complete("SELECT 0"), ready('I'));
            });

    assertThat(written).singleElement().asString().contains("SELECT 3 --", " statements=1");
  }

  @Test
  void what_is_quicker_than_min_duration_is_not_logged() {
    List<String> written =
        logged(
            new PluginsConfig.QueryLog(100, false, 60_000),
            1,
            client -> {
              runs(client, "SELECT 1");
              runs(rig.loggingClient(new PluginsConfig.QueryLog(100, false, 0)), "SELECT 2");
            });

    assertThat(written).singleElement().asString().contains("SELECT 2");
  }

  @Test
  void lines_that_come_too_fast_are_dropped_and_counted() throws Exception {
    CountDownLatch writes = new CountDownLatch(1);
    CountDownLatch mayGoOn = new CountDownLatch(1);
    // The three lines that were taken, and that of those that were not.
    CountDownLatch written = new CountDownLatch(4);
    AppenderBase<ILoggingEvent> slow =
        new AppenderBase<>() {
          @Override
          protected void append(ILoggingEvent event) {
            writes.countDown();
            try {
              mayGoOn.await();
              written.countDown();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
        };
    slow.start();
    QUERIES.setLevel(Level.INFO);
    QUERIES.addAppender(slow);
    try (QueryLog log = new QueryLog(2)) {
      RunningView.Text text = new RunningView.Text("SELECT 1".getBytes(UTF_8), true);
      QueryLog.Line line =
          new QueryLog.Line(
              new PluginsConfig.QueryLog(100, false, 0), "shop", "app", 1, "", 1, 1, text);
      log.take(line);
      writes.await();
      for (int i = 0; i < 5; i++) {
        log.take(line);
      }

      assertThat(log.dropped()).isEqualTo(3);
    } finally {
      mayGoOn.countDown();
      // None may be left to the test that comes next.
      written.await(10, TimeUnit.SECONDS);
      QUERIES.detachAppender(slow);
    }
  }
}
