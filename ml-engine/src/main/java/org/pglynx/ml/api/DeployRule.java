package org.pglynx.ml.api;

import org.jspecify.annotations.Nullable;
import org.pglynx.ml.model.Task;

/**
 * PostgresML's automatic deploy rule: a new model replaces the deployed one unless it is strictly
 * worse on the key metric; ties deploy.
 */
public final class DeployRule {
  /**
   * Whether to deploy.
   *
   * @param deploy the answer
   * @param warning what the user is told at level WARNING, or null
   */
  public record Decision(boolean deploy, @Nullable String warning) {}

  private DeployRule() {}

  /**
   * Decides for a project that has a deployed model.
   *
   * @param deployed key metric of the deployed model, null when it has none
   * @param candidate key metric of the new model, null when it has none
   */
  public static Decision decide(Task task, @Nullable Double deployed, @Nullable Double candidate) {
    if (deployed == null || deployed.isNaN()) {
      return new Decision(
          true,
          candidate == null || candidate.isNaN()
              ? "No metrics available for both deployed and new model. Deploying new model"
              : "No metrics for deployed model. Deploying new model.");
    }
    if (candidate == null || candidate.isNaN()) {
      return new Decision(false, "No metrics for new model. Retaining old model.");
    }
    if (deployed > candidate) {
      return new Decision(
          false,
          "New model's %s is not better than current model. New: %s, Current %s"
              .formatted(task.keyMetric(), candidate, deployed));
    }
    return new Decision(true, null);
  }
}
