package org.pglynx.proxy.http;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The connections that are open, the oldest first. When there is one too many, the oldest goes that
 * gets no answer now: who holds many connections open keeps no probe of health out. May be used on
 * any loop.
 */
final class OpenConnections {
  private final int most;
  private final Queue<HttpConnection> open = new ConcurrentLinkedQueue<>();

  /**
   * None is open.
   *
   * @param most how many may be at a time
   */
  OpenConnections(int most) {
    this.most = most;
  }

  /** Whether one more may be open; another one may be closed for it. */
  boolean admits(HttpConnection newcomer) {
    if (open.size() >= most && !closesOne()) {
      return false;
    }
    open.add(newcomer);
    return true;
  }

  private boolean closesOne() {
    for (HttpConnection each : open) {
      if (!each.answering() && open.remove(each)) {
        each.close();
        return true;
      }
    }
    return false;
  }

  /** It is closed. */
  void gone(HttpConnection connection) {
    open.remove(connection);
  }
}
