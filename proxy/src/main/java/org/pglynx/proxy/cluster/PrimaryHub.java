package org.pglynx.proxy.cluster;

import java.util.List;
import org.pglynx.proxy.relay.NotificationHub;

/**
 * Listens at whichever server is the primary. When it is no longer, its connections are closed, and
 * all who listened there are told.
 */
final class PrimaryHub implements NotificationHub {
  private final Cluster cluster;
  private final List<? extends NotificationHub> hubs;

  /** One hub for each server. */
  PrimaryHub(Cluster cluster, List<? extends NotificationHub> hubs) {
    this.cluster = cluster;
    this.hubs = List.copyOf(hubs);
  }

  private NotificationHub current() {
    return hubs.get(Math.max(cluster.view().primary(), 0));
  }

  @Override
  public void listen(Listener listener, String channel, Outcome outcome) {
    current().listen(listener, channel, outcome);
  }

  @Override
  public void unlisten(Listener listener, String channel) {
    // At the others it listens on nothing.
    hubs.forEach(hub -> hub.unlisten(listener, channel));
  }

  @Override
  public void leave(Listener listener) {
    hubs.forEach(hub -> hub.leave(listener));
  }

  @Override
  public void whenCaughtUp(Listener listener, Runnable task) {
    current().whenCaughtUp(listener, task);
  }
}
