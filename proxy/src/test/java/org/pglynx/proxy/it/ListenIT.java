package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.it.RawConnection.bind;
import static org.pglynx.proxy.it.RawConnection.describePortal;
import static org.pglynx.proxy.it.RawConnection.execute;
import static org.pglynx.proxy.it.RawConnection.parse;
import static org.pglynx.proxy.it.RawConnection.query;
import static org.pglynx.proxy.it.RawConnection.sync;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.proxy.it.RawConnection.Message;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** LISTEN in transaction mode: one connection listens for all clients of the pool. */
class ListenIT {
  @RegisterExtension static final ProxyUnderTest PROXY = ProxyUnderTest.deferring(1);

  private final RawConnection client = PROXY.raw();
  private final RawConnection notifier = PROXY.direct();

  @AfterEach
  void close() {
    client.close();
    notifier.close();
  }

  @Test
  void listening_clients_hold_no_server() {
    List<RawConnection> listeners = new ArrayList<>();
    try (RawConnection holder = PROXY.raw()) {
      holder.ask("BEGIN; SELECT 1");
      for (int i = 0; i < 20; i++) {
        RawConnection listener = PROXY.raw();
        listeners.add(listener);
        assertThat(listener.ask("LISTEN news")).containsExactly("C:LISTEN", "Z:I");
      }
      notifier.ask("NOTIFY news, 'it is noon'");
      for (RawConnection listener : listeners) {
        assertThat(text(listener.next())).isEqualTo("news:it is noon");
      }
      assertThat(
              PROXY.valueOnServer(
                  "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
                      + " AND datname = current_database()"))
          .isEqualTo("1");
    } finally {
      listeners.forEach(RawConnection::close);
    }
  }

  @Test
  void the_sender_is_its_server_process_and_to_oneself_one_s_own() {
    client.ask("LISTEN pids");
    notifier.ask("NOTIFY pids");
    assertThat(pid(client.next())).isEqualTo(notifier.pid());

    client.send(query("NOTIFY pids, 'mine'"));
    List<Message> replies = client.untilReady();
    assertThat(replies.stream().map(Message::shape)).containsExactly("C:NOTIFY", "A", "Z:I");
    assertThat(pid(replies.get(1))).isEqualTo(client.pid());
  }

  @Test
  void what_another_client_of_the_same_server_notified_is_not_one_s_own() {
    try (RawConnection other = PROXY.raw()) {
      client.ask("LISTEN shared");
      for (int i = 0; i < 200; i++) {
        other.send(query("NOTIFY shared"));
        client.send(query("SELECT 1"));
        other.untilReady();
        int notified = 0;
        for (Message message : client.untilReady()) {
          if (message.tag() == 'A') {
            notified++;
            assertThat(pid(message)).isNotEqualTo(client.pid());
          }
        }
        if (notified == 0) {
          assertThat(pid(client.next())).isNotEqualTo(client.pid());
        }
      }
    }
  }

  @Test
  void nothing_that_is_sent_behind_the_answer_to_listen_is_missed() {
    for (int i = 0; i < 200; i++) {
      client.ask("LISTEN c" + i);
      notifier.ask("NOTIFY c" + i);
      assertThat(text(client.next())).isEqualTo("c" + i + ":");
    }
    client.ask("UNLISTEN *");
  }

  @Test
  void nothing_that_was_sent_before_listen_is_heard() {
    try (RawConnection keeper = PROXY.raw()) {
      keeper.ask("LISTEN past");
      for (int i = 0; i < 100; i++) {
        notifier.ask("NOTIFY past, 'old'");
        assertThat(client.ask("LISTEN past")).containsExactly("C:LISTEN", "Z:I");
        notifier.ask("NOTIFY past, 'new'");
        assertThat(text(client.next())).isEqualTo("past:new");
        client.ask("UNLISTEN past");
        keeper.next();
        keeper.next();
      }
    }
  }

  @Test
  void unlisten_ends_it() {
    client.ask("LISTEN a");
    client.ask("LISTEN b");
    client.ask("LISTEN \"Odd \"\"name\"");
    assertThat(client.ask("UNLISTEN a")).containsExactly("C:UNLISTEN", "Z:I");
    notifier.ask("NOTIFY a; NOTIFY \"Odd \"\"name\"; NOTIFY b, '1'");
    assertThat(text(client.next())).isEqualTo("Odd \"name:");
    assertThat(text(client.next())).isEqualTo("b:1");

    assertThat(client.ask("UNLISTEN *")).containsExactly("C:UNLISTEN", "Z:I");
    notifier.ask("NOTIFY b, '2'");
    assertThat(client.ask("SELECT 1")).containsExactly("T", "D", "C:SELECT 1", "Z:I");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DISCARD ALL",
        "SELECT pg_advisory_unlock_all(); CLOSE ALL; UNLISTEN *; RESET ALL"
      })
  void a_client_s_reset_ends_it(String reset) {
    client.ask("LISTEN a");
    client.ask(reset);
    notifier.ask("NOTIFY a");
    assertThat(client.ask("SELECT 1")).containsExactly("T", "D", "C:SELECT 1", "Z:I");
  }

  @Test
  void a_reset_that_fails_ends_nothing() {
    client.ask("LISTEN a");
    client.ask("UNLISTEN *; SELECT 1/0");
    notifier.ask("NOTIFY a");
    assertThat(client.ask("SELECT 1")).contains("A");
  }

  @Test
  void what_cannot_be_followed_is_refused() {
    client.ask("LISTEN a");
    assertThat(client.ask("UNLISTEN a; SELECT 1")).containsExactly("E:ERROR:0A000", "Z:I");
  }

  @Test
  void listen_counts_from_the_commit_on() {
    client.ask("BEGIN");
    assertThat(client.ask("LISTEN t")).containsExactly("C:LISTEN", "Z:T");
    notifier.ask("NOTIFY t, 'before'");
    client.ask("COMMIT");
    notifier.ask("NOTIFY t, 'after'");

    assertThat(text(client.next())).isEqualTo("t:after");
    assertFree();
  }

  @Test
  void a_transaction_that_listens_hears_itself() {
    client.ask("BEGIN");
    client.ask("LISTEN t");
    client.ask("NOTIFY t, 'self'");
    client.ask("COMMIT");

    assertThat(text(client.next())).isEqualTo("t:self");
  }

  @Test
  void what_is_rolled_back_changes_nothing() {
    client.ask("LISTEN kept");
    client.ask("BEGIN");
    client.ask("LISTEN t");
    client.ask("UNLISTEN kept");
    client.ask("ROLLBACK");
    notifier.ask("NOTIFY t; NOTIFY kept, '1'");

    assertThat(text(client.next())).isEqualTo("kept:1");
    assertThat(client.ask("SELECT 1")).containsExactly("T", "D", "C:SELECT 1", "Z:I");
    assertFree();
  }

  @Test
  void savepoints_are_followed() {
    client.ask("LISTEN zero");
    client.ask("BEGIN");
    client.ask("LISTEN one");
    client.ask("SAVEPOINT a");
    client.ask("LISTEN two");
    client.ask("UNLISTEN zero");
    client.ask("SAVEPOINT b");
    client.ask("LISTEN three");
    client.ask("RELEASE b");
    client.ask("ROLLBACK TO a");
    client.ask("LISTEN four");
    client.ask("COMMIT");
    notifier.ask("NOTIFY one; NOTIFY two; NOTIFY three; NOTIFY four; NOTIFY zero");

    assertThat(text(client.next())).isEqualTo("one:");
    assertThat(text(client.next())).isEqualTo("four:");
    assertThat(text(client.next())).isEqualTo("zero:");
  }

  @Test
  void a_failed_transaction_takes_no_listen() {
    client.ask("BEGIN");
    client.ask("SELECT 1/0");
    assertThat(client.ask("LISTEN t")).containsExactly("E:ERROR:25P02", "Z:E");
    assertThat(client.ask("COMMIT")).containsExactly("C:ROLLBACK", "Z:I");
  }

  @Test
  void notifications_wait_for_the_end_of_a_transaction_and_come_before_ready_for_query() {
    client.ask("LISTEN t");
    client.ask("BEGIN");
    client.ask("SELECT 1");
    notifier.ask("NOTIFY t");
    assertThat(client.ask("SELECT 1")).containsExactly("T", "D", "C:SELECT 1", "Z:T");
    assertThat(client.ask("COMMIT")).containsExactly("C:COMMIT", "A", "Z:I");
  }

  @Test
  void listen_in_the_extended_protocol() {
    client.send(parse("", "LISTEN e"), bind("", ""), describePortal(""), execute("", 0), sync());
    assertThat(client.shapes(1)).containsExactly("1", "2", "n", "C:LISTEN", "Z:I");
    client.send(run("BEGIN"), run("LISTEN f"), sync());
    assertThat(client.shapes(1)).containsExactly("1", "2", "C:BEGIN", "1", "2", "C:LISTEN", "Z:T");
    client.ask("COMMIT");
    notifier.ask("NOTIFY e; NOTIFY f");
    assertThat(text(client.next())).isEqualTo("e:");
    assertThat(text(client.next())).isEqualTo("f:");
  }

  @Test
  void a_pipelined_batch_that_fails_listens_on_nothing() {
    client.send(run("SELECT 1"), run("LISTEN g"), run("SELECT 1/0"), sync());
    assertThat(client.shapes(1)).contains("C:LISTEN", "E:ERROR:22012", "Z:I");
    client.ask("LISTEN h");
    notifier.ask("NOTIFY g; NOTIFY h");
    assertThat(text(client.next())).isEqualTo("h:");
  }

  @Test
  void a_pipelined_batch_that_fails_behind_its_listen_listens_on_nothing() {
    client.send(run("LISTEN g"), run("SELECT 1/0"), sync());
    assertThat(client.shapes(1)).contains("C:LISTEN", "E:ERROR:22012", "Z:I");
    client.ask("LISTEN h");
    notifier.ask("NOTIFY g; NOTIFY h");
    assertThat(text(client.next())).isEqualTo("h:");
    client.send(run("LISTEN i"), run("UNLISTEN h"), sync());
    assertThat(client.shapes(1)).contains("C:LISTEN", "C:UNLISTEN", "Z:I");
    notifier.ask("NOTIFY h; NOTIFY i");
    assertThat(text(client.next())).isEqualTo("i:");
  }

  @ParameterizedTest
  @ValueSource(strings = {"LISTEN", "LISTEN select", "LISTEN a b", "LISTEN \"\"", "UNLISTEN 1"})
  void errors_are_the_server_s(String sql) {
    assertThat(client.ask(sql)).isEqualTo(notifier.ask(sql));
  }

  @Test
  void forms_that_are_not_certain_keep_their_server_and_work() {
    String name = "n".repeat(80);
    assertThat(client.ask("LISTEN " + name)).containsExactly("N:42622", "C:LISTEN", "Z:I");
    notifier.ask("NOTIFY " + name);
    assertThat(text(client.next())).isEqualTo(name.substring(0, 63) + ":");
    client.ask("UNLISTEN *");
    assertFree();
  }

  @Test
  void jdbc_hears_notifications() throws SQLException {
    try (Connection driver = PROXY.connect()) {
      ProxyUnderTest.run(driver, "LISTEN j");
      notifier.ask("NOTIFY j, 'grüße'");
      PGNotification[] heard = driver.unwrap(PGConnection.class).getNotifications(10_000);
      assertThat(heard).hasSize(1);
      assertThat(heard[0].getName()).isEqualTo("j");
      assertThat(heard[0].getParameter()).isEqualTo("grüße");

      driver.setAutoCommit(false);
      ProxyUnderTest.run(driver, "LISTEN k");
      driver.commit();
      driver.setAutoCommit(true);
      notifier.ask("NOTIFY k");
      assertThat(driver.unwrap(PGConnection.class).getNotifications(10_000)).hasSize(1);
    }
  }

  @Test
  void who_may_have_missed_something_is_told_so_and_others_go_on() {
    try (RawConnection other = PROXY.raw()) {
      client.ask("LISTEN lost");
      PROXY.onServer(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
              + " AND datname = current_database()");
      Message last = client.next();
      assertThat(last.shape()).isEqualTo("E:FATAL:08006");
      assertThat(last.field('M')).contains("notifications may have been missed");
      assertThat(client.next().tag()).isEqualTo('\0');
      assertThat(other.value("SELECT 'alive'")).isEqualTo("alive");
      assertThat(other.ask("LISTEN again")).containsExactly("C:LISTEN", "Z:I");
    }
  }

  @Test
  void a_listener_that_does_not_read_is_put_out_with_a_reason() {
    client.ask("LISTEN flood");
    client.ask("BEGIN");
    client.ask("SELECT 1");
    notifier.ask(
        "SELECT pg_notify('flood', i || repeat('x', 7000)) FROM generate_series(1, 1000) i");
    Message last = client.next();
    assertThat(last.shape()).isEqualTo("E:FATAL:53400");
    assertThat(last.field('M')).contains("does not take its notifications");
  }

  /** A statement in the extended protocol. */
  private static byte[] run(String sql) {
    return RawConnection.join(parse("", sql), bind("", ""), execute("", 0));
  }

  private void assertFree() {
    try (RawConnection other = PROXY.raw()) {
      assertThat(other.value("SELECT 'free'")).isEqualTo("free");
      assertThat(client.value("SELECT 'alive'")).isEqualTo("alive");
    }
  }

  private static int pid(Message notification) {
    return ByteBuffer.wrap(notification.body()).getInt();
  }

  private static String text(Message message) {
    if (message.tag() != 'A') {
      return message.shape();
    }
    byte[] body = message.body();
    String text = new String(body, 4, body.length - 5, StandardCharsets.UTF_8);
    return text.replace('\0', ':');
  }
}
