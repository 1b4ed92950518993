package org.pglynx.proxy.ml;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Notification;
import org.pglynx.proxy.relay.NotificationHub;
import org.pglynx.proxy.wire.PgError;

/**
 * Hears of deployments in one server database, whoever makes them, as soon as they are committed:
 * through the connection that listens for a pool of it. While nothing is heard, what is remembered
 * holds for a second as ever.
 *
 * <pre>
 *            a look-up                    the server listens
 *   QUIET ─────────────► LISTENING ◄──── nothing else to do ────┐
 *     ▲                      │                                  │
 *     └── refused, lost, or no look-up for some minutes ────────┘
 * </pre>
 */
final class DeploymentNews implements NotificationHub.Listener {
  /** The channel of notify.sql. */
  static final String CHANNEL = "pgml_deployments";

  /** Without a prediction for so long, the server connection is given up. */
  private static final long IDLE_NANOS = TimeUnit.MINUTES.toNanos(5);

  /** After a refusal the next try is not made at once. */
  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final String cluster;
  private final DeploymentCache deployments;
  private final Executor watcher;
  private final LongSupplier nanos;
  private final AtomicReference<@Nullable NotificationHub> source = new AtomicReference<>();
  private volatile long usedNanos;
  private volatile long notBeforeNanos;

  /**
   * Not listening yet.
   *
   * @param watcher runs tasks that may sleep
   */
  DeploymentNews(
      String cluster, DeploymentCache deployments, Executor watcher, LongSupplier nanos) {
    this.cluster = cluster;
    this.deployments = deployments;
    this.watcher = watcher;
    this.nanos = nanos;
    this.notBeforeNanos = nanos.getAsLong();
  }

  /** A deployment has been looked up in a pool: changes are to be heard of from now on. */
  void wanted(NotificationHub hub) {
    long now = nanos.getAsLong();
    usedNanos = now;
    if (source.get() == null && now - notBeforeNanos >= 0 && source.compareAndSet(null, hub)) {
      hub.listen(this, CHANNEL, error -> listens(hub, error));
    }
  }

  private void listens(NotificationHub hub, @Nullable PgError error) {
    if (error == null) {
      watcher.execute(() -> leaveWhenIdle(hub));
    } else {
      notBeforeNanos = nanos.getAsLong() + PAUSE_NANOS;
      source.compareAndSet(hub, null);
    }
  }

  private void leaveWhenIdle(NotificationHub hub) {
    try {
      while (source.get() == hub) {
        long left = IDLE_NANOS - (nanos.getAsLong() - usedNanos);
        if (left <= 0) {
          source.compareAndSet(hub, null);
          hub.leave(this);
          return;
        }
        TimeUnit.NANOSECONDS.sleep(left);
      }
    } catch (InterruptedException e) {
      // The process ends.
      Thread.currentThread().interrupt();
    }
  }

  /** What is done on a notification takes a microsecond: any thread may do it. */
  @Override
  public Executor loop() {
    return Runnable::run;
  }

  @Override
  public void onNotification(Notification notification) {
    byte[] text = notification.text();
    int payload = 0;
    while (text[payload] != 0) {
      payload++;
    }
    payload++;
    String project = new String(text, payload, text.length - 1 - payload, StandardCharsets.UTF_8);
    if (project.isEmpty()) {
      deployments.forget(cluster);
    } else {
      deployments.deployed(cluster, project);
    }
  }

  @Override
  public void onListeningLost(PgError error) {
    source.set(null);
    deployments.forget(cluster);
  }
}
