package org.pglynx.proxy.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.wire.BackendBytes.complete;
import static org.pglynx.proxy.wire.BackendBytes.emptyQuery;
import static org.pglynx.proxy.wire.BackendBytes.error;
import static org.pglynx.proxy.wire.BackendBytes.notification;
import static org.pglynx.proxy.wire.BackendBytes.ready;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.pglynx.proxy.relay.Notification;
import org.pglynx.proxy.relay.NotificationHub;
import org.pglynx.proxy.wire.LiveBuffers;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/** Layer 2: the connection that listens for a pool, with a scripted server at its far end. */
class ListeningConnectionTest {
  @RegisterExtension final LiveBuffers buffers = new LiveBuffers();
  private final MockTicker ticker = Ticker.newMockTicker();
  private final EmbeddedChannel loop = EmbeddedChannel.builder().ticker(ticker).build();
  private final ScriptedConnector connector = new ScriptedConnector(buffers, ticker);
  private final ListeningConnection connection =
      new ListeningConnection(ScriptedServer.TARGET, connector, loop.eventLoop());
  private final List<String> events = new ArrayList<>();
  private final Named anna = new Named("anna");
  private final Named ben = new Named("ben");

  private final class Named implements NotificationHub.Listener {
    private final String name;

    Named(String name) {
      this.name = name;
    }

    @Override
    public Executor loop() {
      return Runnable::run;
    }

    @Override
    public void onNotification(Notification notification) {
      events.add(name + " hears " + notification.channel() + " of " + notification.pid());
    }

    @Override
    public void onListeningLost(PgError error) {
      events.add(name + " lost " + error.code());
    }

    void listens(String channel) {
      connection.listen(
          this, channel, error -> events.add(name + (error == null ? " ok" : error.code())));
      run();
    }
  }

  private void run() {
    loop.runPendingTasks();
  }

  private List<String> events() {
    run();
    List<String> seen = List.copyOf(events);
    events.clear();
    return seen;
  }

  private ScriptedServer connected() {
    ScriptedServer server = connector.accepts();
    assertThat(server.got()).first().asString().startsWith("Q SET client_encoding = 'UTF8';");
    server.says(complete("SET"), complete("SELECT 2"), ready('I'));
    return server;
  }

  @AfterEach
  void finish() {
    connector.finish();
    loop.finishAndReleaseAll();
  }

  @Test
  void listeners_that_come_while_it_connects_share_the_connection() {
    anna.listens("a");
    ben.listens("b");
    assertThat(connector.attempts()).isEqualTo(1);
    ScriptedServer server = connected();
    server.says(complete("LISTEN"), ready('I'), complete("LISTEN"), ready('I'));

    assertThat(events()).containsExactly("anna ok", "ben ok");
  }

  @Test
  void a_listener_counts_from_the_ready_for_query_of_its_listen_on() {
    anna.listens("a");
    ScriptedServer server = connected();
    server.says(complete("LISTEN"), ready('I'));
    ben.listens("a");
    server.says(complete("LISTEN"), notification(7, "a", ""));
    server.says(ready('I'), notification(8, "a", ""));

    assertThat(events())
        .containsExactly(
            "anna ok", "anna hears a of 7", "ben ok", "anna hears a of 8", "ben hears a of 8");
  }

  @Test
  void the_last_listener_of_a_channel_ends_the_listening() {
    anna.listens("a");
    ScriptedServer server = connected();
    ben.listens("a");
    server.says(complete("LISTEN"), ready('I'), complete("LISTEN"), ready('I'));
    server.got();
    connection.unlisten(anna, "a");
    run();
    assertThat(server.got()).isEmpty();
    connection.leave(ben);
    run();

    assertThat(server.got()).containsExactly("Q UNLISTEN \"a\"");
  }

  @Test
  void listening_twice_is_listening_once() {
    anna.listens("a");
    ScriptedServer server = connected();
    anna.listens("a");
    server.says(complete("LISTEN"), ready('I'), complete("LISTEN"), ready('I'));
    server.says(notification(7, "a", ""));
    assertThat(events()).containsExactly("anna ok", "anna ok", "anna hears a of 7");
    server.got();
    connection.unlisten(anna, "a");
    run();

    assertThat(server.got()).containsExactly("Q UNLISTEN \"a\"");
  }

  @Test
  void who_wants_to_catch_up_has_all_of_before() {
    anna.listens("a");
    ScriptedServer server = connected();
    server.says(complete("LISTEN"), ready('I'));
    connection.whenCaughtUp(anna, () -> events.add("caught up"));
    run();
    server.says(notification(7, "a", ""), emptyQuery(), ready('I'));

    assertThat(events()).containsExactly("anna ok", "anna hears a of 7", "caught up");
  }

  @Test
  void a_refused_listen_tells_the_server_s_error_and_nobody_listens() {
    anna.listens("a");
    ScriptedServer server = connected();
    server.says(error("0A000", "standby"), ready('I'));
    server.says(notification(7, "a", ""));

    assertThat(events()).containsExactly("anna0A000");
  }

  @Test
  void a_connection_that_cannot_be_had_is_told_and_tried_again_by_the_next() {
    anna.listens("a");
    connector.refuses(PgError.error(SqlState.CANNOT_CONNECT, "refused"));
    assertThat(events()).containsExactly("anna08001");
    ben.listens("a");
    connected().says(complete("LISTEN"), ready('I'));

    assertThat(events()).containsExactly("ben ok");
  }

  @Test
  void a_lost_connection_is_told_to_all_and_opened_again_by_the_next() {
    anna.listens("a");
    ScriptedServer server = connected();
    server.says(complete("LISTEN"), ready('I'));
    ben.listens("b");
    server.dies();
    assertThat(events()).containsExactly("anna ok", "anna lost 08006", "ben08006");
    ben.listens("b");
    connected().says(complete("LISTEN"), ready('I'), notification(7, "b", ""));

    assertThat(events()).containsExactly("ben ok", "ben hears b of 7");
  }

  @Test
  void it_closes_some_time_after_the_last_listener_has_left() {
    anna.listens("a");
    ScriptedServer server = connected();
    server.says(complete("LISTEN"), ready('I'));
    connection.leave(anna);
    run();
    server.says(complete("UNLISTEN"), ready('I'));
    passes(29);
    assertThat(server.alive()).isTrue();
    passes(2);

    assertThat(server.alive()).isFalse();
  }

  @Test
  void a_server_that_gives_no_sign_of_life_is_given_up() {
    anna.listens("a");
    ScriptedServer server = connected();
    server.says(complete("LISTEN"), ready('I'));
    passes(31);
    assertThat(server.alive()).isTrue();
    passes(31);

    assertThat(server.alive()).isFalse();
    assertThat(events()).containsExactly("anna ok", "anna lost 08006");
  }

  @Test
  void a_server_that_answers_is_alive_although_something_is_unanswered_at_every_look() {
    anna.listens("a");
    ScriptedServer server = connected();
    for (int look = 0; look < 3; look++) {
      passes(29);
      server.says(complete("LISTEN"), ready('I'));
      ben.listens("b" + look);
      passes(2);
    }

    assertThat(server.alive()).isTrue();
    assertThat(events()).containsExactly("anna ok", "ben ok", "ben ok");
  }

  private void passes(long seconds) {
    ticker.advance(seconds, TimeUnit.SECONDS);
    loop.runScheduledPendingTasks();
    run();
  }
}
