package org.pglynx.proxy.backend;

import io.netty.channel.Channel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The cancel requests for one server connection. None may hit the statement of the next session: so
 * it is known how many are under way, and whether the server may take one at any later time.
 */
final class CancelRequests {
  private final BackendTarget target;
  private final Connector connector;
  private final Runnable taken;
  private final CancelWords words = new CancelWords();
  private CancelKey key = CancelKey.NONE;
  private int underWay;
  private boolean atLarge;

  /**
   * Without requests yet.
   *
   * @param taken run when one is under way no longer
   */
  CancelRequests(BackendTarget target, Connector connector, Runnable taken) {
    this.target = target;
    this.connector = connector;
    this.taken = taken;
  }

  /** The server has told how to ask. */
  void key(CancelKey told) {
    key = told;
  }

  /** The server's process id. */
  int pid() {
    return key.pid();
  }

  /** Sends a request, if the server has told how; completes when the server has taken it. */
  CompletionStage<Void> send(Channel channel) {
    if (!key.known()) {
      return CompletableFuture.completedStage(null);
    }
    underWay++;
    CompletableFuture<Void> done = new CompletableFuture<>();
    connector
        .cancel(target, channel.remoteAddress(), channel.eventLoop(), key.pid(), key.secret())
        .whenComplete((none, late) -> {
          underWay--;
          atLarge |= late != null;
          done.complete(null);
          taken.run();
        });
    return done;
  }

  /** How many have been sent and not been taken. */
  int underWay() {
    return underWay;
  }

  /** Whether one has been sent and not been taken. */
  boolean anyUnderWay() {
    return underWay > 0;
  }

  /** Whether one may be taken at any time from now on. */
  boolean atLarge() {
    return atLarge;
  }

  /** What the client is told of them. */
  CancelWords words() {
    return words;
  }
}
