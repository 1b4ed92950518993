package org.pglynx.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.wire.BackendBytes.complete;
import static org.pglynx.proxy.wire.BackendBytes.ready;
import static org.pglynx.proxy.wire.FrontendBytes.query;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
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
