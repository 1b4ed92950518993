package org.pglynx.proxy.relay;

import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.PgError;

/**
 * A connection that listens for all sessions of a pool. Methods may be called from any thread, and
 * answer on the listener's own loop, in the order of the events.
 */
public interface NotificationHub {
  /** A session that listens. All methods are called on its loop. */
  interface Listener {
    /** Where it is called. */
    Executor loop();

    /** A notification on a channel that it listens on. */
    void onNotification(Notification notification);

    /** Notifications may have been missed; it listens on nothing any more. */
    void onListeningLost(PgError error);
  }

  /** Hears what became of a request. */
  interface Outcome {
    /** Done; or refused, with the server's error. */
    void done(@Nullable PgError error);
  }

  /**
   * Listens. What was committed before the call does not reach the listener, what is committed
   * after the outcome does.
   *
   * @param channel as the server knows it, of at most 63 bytes
   */
  void listen(Listener listener, String channel, Outcome outcome);

  /** Listens no more; what is under way may still come. */
  void unlisten(Listener listener, String channel);

  /** Listens on nothing any more. */
  void leave(Listener listener);

  /** Runs the task once the listener has all notifications that were committed before the call. */
  void whenCaughtUp(Listener listener, Runnable task);
}
