package org.pglynx.proxy.app;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.pglynx.proxy.admin.AdminTarget;

/** Which pools are paused, those that are made later included. Any thread. */
final class Pauses {
  private final Set<AdminTarget> paused = ConcurrentHashMap.newKeySet();
  private volatile boolean maintenance;

  void pause(AdminTarget target) {
    paused.add(target);
  }

  /** What was paused together with others can go on by itself, but not what comes later. */
  void resume(AdminTarget target) {
    if (target.equals(AdminTarget.ALL)) {
      paused.clear();
    } else {
      paused.remove(target);
    }
  }

  void maintenance(boolean on) {
    maintenance = on;
  }

  boolean maintenance() {
    return maintenance;
  }

  /** Whether everything is paused. */
  boolean all() {
    return paused.contains(AdminTarget.ALL);
  }

  /** Whether a pool that is made now is paused. */
  boolean covers(String database, String user) {
    return paused.stream().anyMatch(target -> target.covers(database, user));
  }
}
