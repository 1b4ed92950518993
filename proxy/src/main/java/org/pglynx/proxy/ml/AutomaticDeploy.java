package org.pglynx.proxy.ml;

import org.jspecify.annotations.Nullable;
import org.pglynx.ml.api.DeployRule;
import org.pglynx.ml.model.Task;
import org.pglynx.proxy.ml.Deployments.Deployed;
import org.pglynx.proxy.relay.SqlSession;
import org.pglynx.proxy.wire.PgErrorException;

/** Whether a new model becomes its project's answer; the client is told why not. */
final class AutomaticDeploy {
  private AutomaticDeploy() {}

  /**
   * Decides by PostgresML's rule.
   *
   * @param keyMetric the new model's value of the task's key metric, or null
   */
  static boolean decide(
      SqlSession session, long project, Task task, @Nullable Double keyMetric, TrainNotices notices)
      throws PgErrorException, InterruptedException {
    Deployed current = Deployments.current(session, project, task.keyMetric());
    if (current == null) {
      return true;
    }
    notices.comparing(task, current.keyMetric());
    DeployRule.Decision decision = DeployRule.decide(task, current.keyMetric(), keyMetric);
    String warning = decision.warning();
    if (warning != null) {
      notices.warning(warning);
    }
    if (!decision.deploy()) {
      notices.warning("Not deploying newly trained model.");
    }
    return decision.deploy();
  }
}
