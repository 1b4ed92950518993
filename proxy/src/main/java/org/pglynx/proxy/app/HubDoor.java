package org.pglynx.proxy.app;

import java.util.function.Supplier;
import org.pglynx.proxy.relay.NotificationHub;

/**
 * Leads sessions to whoever listens for their pool now; what listened before has told its
 * listeners.
 *
 * @param now who that is
 */
record HubDoor(Supplier<NotificationHub> now) implements NotificationHub {
  @Override
  public void listen(Listener listener, String channel, Outcome outcome) {
    now.get().listen(listener, channel, outcome);
  }

  @Override
  public void unlisten(Listener listener, String channel) {
    now.get().unlisten(listener, channel);
  }

  @Override
  public void leave(Listener listener) {
    now.get().leave(listener);
  }

  @Override
  public void whenCaughtUp(Listener listener, Runnable task) {
    now.get().whenCaughtUp(listener, task);
  }
}
