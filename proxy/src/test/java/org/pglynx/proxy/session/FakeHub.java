package org.pglynx.proxy.session;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Notification;
import org.pglynx.proxy.relay.NotificationHub;
import org.pglynx.proxy.wire.PgError;

/** A shared connection that listens and catches up when a test says so. */
final class FakeHub implements NotificationHub {
  private final ArrayDeque<Outcome> listening = new ArrayDeque<>();
  private final ArrayDeque<Runnable> catchingUp = new ArrayDeque<>();
  private final List<String> log = new ArrayList<>();
  private @Nullable Listener listener;

  /** What has been asked since the last look. */
  List<String> asked() {
    List<String> asked = List.copyOf(log);
    log.clear();
    return asked;
  }

  /** The oldest LISTEN is over. */
  void listens(@Nullable PgError error) {
    listening.remove().done(error);
  }

  /** The oldest wish to catch up is granted. */
  void catchesUp() {
    catchingUp.remove().run();
  }

  /** Somebody notifies. */
  void notifies(int pid, String channel, String payload) {
    byte[] text = (channel + '\0' + payload + '\0').getBytes(StandardCharsets.UTF_8);
    present().onNotification(new Notification(pid, channel, text));
  }

  /** The shared connection breaks. */
  void breaks(PgError error) {
    present().onListeningLost(error);
  }

  private Listener present() {
    Listener present = listener;
    if (present == null) {
      throw new AssertionError("nobody listens");
    }
    return present;
  }

  @Override
  public void listen(Listener who, String channel, Outcome outcome) {
    listener = who;
    log.add("LISTEN " + channel);
    listening.add(outcome);
  }

  @Override
  public void unlisten(Listener who, String channel) {
    log.add("UNLISTEN " + channel);
  }

  @Override
  public void leave(Listener who) {
    log.add("leaves");
  }

  @Override
  public void whenCaughtUp(Listener who, Runnable task) {
    catchingUp.add(task);
  }
}
