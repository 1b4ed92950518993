package org.pglynx.proxy.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.auth.ServerCredential;
import org.pglynx.proxy.backend.BackendOwner;
import org.pglynx.proxy.backend.BackendTarget;
import org.pglynx.proxy.backend.Connector;
import org.pglynx.proxy.config.ServerTlsConfig;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/** Two servers, and two users with whose logins they can be asked. */
class PooledProberTest {
  private static final PgError NO_LOGIN =
      PgError.fatal(SqlState.INVALID_PASSWORD, "password authentication failed");

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final EventLoop loop = channel.eventLoop();
  private final Dialer dialer = new Dialer();
  private final PooledProber prober = new PooledProber("shop", dialer, loop, 1_000);

  @BeforeEach
  void two_users() {
    prober.mayBe("app", login("app"));
    prober.mayBe("report", login("report"));
    channel.runPendingTasks();
  }

  @AfterEach
  void finish() {
    prober.close();
    channel.runPendingTasks();
    channel.finishAndReleaseAll();
  }

  private static List<BackendTarget> login(String user) {
    return List.of(target("db0", user), target("db1", user));
  }

  private static BackendTarget target(String host, String user) {
    return new BackendTarget(
        host,
        5432,
        "shop",
        user,
        new ServerCredential.None(),
        1000,
        100,
        true,
        ServerTlsConfig.NONE,
        Map.of());
  }

  private CompletableFuture<Prober.Answer> ask(int host) {
    CompletableFuture<Prober.Answer> answer = prober.ask(host).toCompletableFuture();
    channel.runPendingTasks();
    return answer;
  }

  @Test
  void a_question_that_waits_when_the_login_is_changed_tells_nothing_of_its_server() {
    CompletableFuture<Prober.Answer> first = ask(0);
    CompletableFuture<Prober.Answer> second = ask(1);

    dialer.refusesNext();
    channel.runPendingTasks();

    assertThat(first.join()).isInstanceOf(Prober.Answer.Alive.class);
    assertThat(second.join()).isEqualTo(new Prober.Answer.Dropped());
  }

  @Test
  void the_next_login_is_tried_however_many_servers_refuse_the_one_before() {
    ask(0);
    ask(1);

    dialer.refusesNext();
    dialer.refusesNext();
    channel.runPendingTasks();
    ask(0);

    assertThat(dialer.users).containsExactly("app", "app", "report");
  }

  @Test
  void nothing_is_opened_any_more_once_it_has_been_closed() {
    ask(0);

    dialer.refusesNext();
    prober.close();
    channel.runPendingTasks();

    assertThat(prober.ready()).isFalse();
  }

  @Test
  void a_user_that_is_gone_is_asked_for_no_more() {
    prober.isGone("app");
    channel.runPendingTasks();

    ask(0);

    assertThat(dialer.users).containsExactly("report");
  }

  @Test
  void the_users_that_come_and_go_leave_nothing_behind() {
    for (int i = 0; i < 100; i++) {
      prober.mayBe(i, login("user" + i));
      prober.isGone(i);
    }
    prober.isGone("report");
    ask(0);
    dialer.refusesNext();
    channel.runPendingTasks();
    ask(0);

    assertThat(dialer.users).as("there is no other login").containsOnly("app");
  }

  @Test
  void the_last_user_that_goes_is_asked_for_until_another_comes() {
    prober.isGone("report");
    prober.isGone("app");
    ask(0);
    assertThat(dialer.users).containsExactly("app");

    prober.mayBe("anna", login("anna"));
    channel.runPendingTasks();
    ask(0);

    assertThat(dialer.users).containsExactly("app", "anna");
  }

  /** Connects to nobody. */
  private static final class Dialer implements Connector {
    final List<String> users = new ArrayList<>();
    private final Deque<BackendOwner> attempts = new ArrayDeque<>();

    void refusesNext() {
      attempts.remove().onConnectFailed(NO_LOGIN);
    }

    @Override
    public void connect(BackendTarget target, EventLoop on, BackendOwner owner) {
      users.add(target.user());
      attempts.add(owner);
    }

    @Override
    public CompletionStage<Void> cancel(
        BackendTarget target, @Nullable SocketAddress server, EventLoop on, int pid, byte[] key) {
      return CompletableFuture.completedFuture(null);
    }
  }
}
