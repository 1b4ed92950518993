package org.pglynx.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.wire.BackendBytes.complete;
import static org.pglynx.proxy.wire.BackendBytes.ready;
import static org.pglynx.proxy.wire.FrontendBytes.query;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.pglynx.proxy.backend.ScriptedServer;
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
    StatementTrace trace = Objects.requireNonNull(session.trace());
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
}
