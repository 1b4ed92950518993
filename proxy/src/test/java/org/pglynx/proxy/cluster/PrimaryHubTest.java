package org.pglynx.proxy.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.config.ServerKind;
import org.pglynx.proxy.relay.Notification;
import org.pglynx.proxy.relay.NotificationHub;
import org.pglynx.proxy.wire.PgError;

/** LISTEN goes to the primary, and waits for one as a write does. */
class PrimaryHubTest extends ClusterRig {
  private final List<String> heard = new ArrayList<>();
  private final NotificationHub.Listener listener = new Session();

  @Test
  void a_listener_listens_at_the_primary() {
    PrimaryHub hub = hub(0);
    answers(0, follows(1_000));
    answers(1, leads(1, 1_000));

    hub.listen(listener, "news", this::outcome);

    assertThat(heard).containsExactly("1: LISTEN news");
  }

  @Test
  void who_wants_to_listen_while_there_is_no_primary_gets_the_new_one() {
    PrimaryHub hub = hub(0);
    thereIsNoPrimary();

    hub.listen(listener, "news", this::outcome);
    assertThat(heard).isEmpty();
    theSecondIsPromoted();
    hub.changed();

    assertThat(heard).containsExactly("1: LISTEN news");
  }

  @Test
  void who_waits_to_listen_does_not_wait_for_ever() {
    PrimaryHub hub = hub(TimeUnit.SECONDS.toNanos(1));
    thereIsNoPrimary();

    hub.listen(listener, "news", this::outcome);
    passes(999);
    assertThat(heard).isEmpty();
    passes(1);

    assertThat(heard).hasSize(1);
    assertThat(heard.getFirst()).startsWith("the database shop has had no primary for ");
  }

  @Test
  void who_has_left_while_there_was_no_primary_listens_nowhere() {
    PrimaryHub hub = hub(0);
    thereIsNoPrimary();
    hub.listen(listener, "news", this::outcome);

    hub.leave(listener);
    theSecondIsPromoted();
    hub.changed();

    assertThat(heard).containsExactly("0: leaves", "1: leaves");
  }

  @Test
  void who_waits_to_listen_is_refused_when_others_take_the_place_of_the_servers() {
    PrimaryHub hub = hub(0);
    thereIsNoPrimary();
    hub.listen(listener, "news", this::outcome);

    hub.close();

    assertThat(heard).containsExactly("the database shop has no primary");
  }

  @Test
  void without_a_primary_a_listener_has_caught_up_when_it_has_at_each() {
    PrimaryHub hub = hub(0);
    thereIsNoPrimary();

    hub.whenCaughtUp(listener, () -> heard.add("caught up"));

    assertThat(heard).containsExactly("0: catches up", "1: catches up", "caught up");
  }

  /** The hub of two servers of which nothing is known yet. */
  private PrimaryHub hub(long waitLimitNanos) {
    servers(1, ServerKind.AUTO, ServerKind.AUTO);
    return new PrimaryHub(
        Objects.requireNonNull(cluster), List.of(new Hub(0), new Hub(1)), loop, waitLimitNanos);
  }

  private void thereIsNoPrimary() {
    answers(0, refuses());
    answers(1, follows(1_000));
  }

  private void theSecondIsPromoted() {
    passes(1_200);
    answers(0, refuses());
    answers(1, leads(2, 1_000));
  }

  private void outcome(@Nullable PgError error) {
    heard.add(error == null ? "listens" : error.message());
  }

  private static final class Session implements NotificationHub.Listener {
    @Override
    public Executor loop() {
      return Runnable::run;
    }

    @Override
    public void onNotification(Notification notification) {
      throw new AssertionError("nobody notifies");
    }

    @Override
    public void onListeningLost(PgError error) {
      throw new AssertionError(error.message());
    }
  }

  /** Tells what it is asked. */
  private final class Hub implements NotificationHub {
    private final int host;

    Hub(int host) {
      this.host = host;
    }

    @Override
    public void listen(Listener who, String channel, Outcome outcome) {
      heard.add(host + ": LISTEN " + channel);
    }

    @Override
    public void unlisten(Listener who, String channel) {
      heard.add(host + ": UNLISTEN " + channel);
    }

    @Override
    public void leave(Listener who) {
      heard.add(host + ": leaves");
    }

    @Override
    public void whenCaughtUp(Listener who, Runnable task) {
      heard.add(host + ": catches up");
      task.run();
    }
  }
}
