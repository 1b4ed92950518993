package org.pglynx.proxy.session;

import java.util.ArrayList;
import java.util.List;
import org.pglynx.proxy.route.RoutePlan;
import org.pglynx.proxy.route.Router;
import org.pglynx.proxy.sql.StatementClass;

/**
 * What a session has written since it has its server: told to the router when it runs, and again
 * when it is over, as nobody else sees it before it is committed.
 */
final class WrittenTables {
  /** More are not kept: their transaction is told of when they run. */
  private static final int MAX_PLANS = 64;

  private final Router router;
  private final List<RoutePlan> plans = new ArrayList<>();

  WrittenTables(Router router) {
    this.router = router;
  }

  /** A statement is about to run. */
  void runs(RoutePlan plan) {
    if (writes(plan.kind())) {
      router.wrote(plan);
      if (plans.size() < MAX_PLANS && !plans.contains(plan)) {
        plans.add(plan);
      }
    }
  }

  private static boolean writes(StatementClass kind) {
    return switch (kind) {
      case WRITE, DEFINE, SEVERAL, UNREADABLE -> true;
      case READ, EMPTY, BEGIN, BEGIN_READ_ONLY, BEGIN_WRITE, TRANSACTION, SESSION, SERVER -> false;
    };
  }

  /** The session gives its server back. */
  void released() {
    plans.forEach(router::wrote);
    plans.clear();
  }
}
