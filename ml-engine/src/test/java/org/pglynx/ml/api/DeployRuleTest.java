package org.pglynx.ml.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.pglynx.ml.api.DeployRule.Decision;
import org.pglynx.ml.model.Task;

class DeployRuleTest {
  @Test
  void aBetterModelReplaces() {
    assertThat(DeployRule.decide(Task.REGRESSION, 0.4, 0.5)).isEqualTo(new Decision(true, null));
  }

  @Test
  void anEqualModelReplaces() {
    assertThat(DeployRule.decide(Task.REGRESSION, 0.4, 0.4).deploy()).isTrue();
  }

  @Test
  void aStrictlyWorseModelDoesNot() {
    assertThat(DeployRule.decide(Task.CLASSIFICATION, 0.5, 0.4))
        .isEqualTo(
            new Decision(
                false, "New model's f1 is not better than current model. New: 0.4, Current 0.5"));
  }

  @Test
  void aModelWithoutMetricDoesNotReplaceOneThatHasIt() {
    assertThat(DeployRule.decide(Task.REGRESSION, 0.5, null).deploy()).isFalse();
    assertThat(DeployRule.decide(Task.REGRESSION, 0.5, Double.NaN).deploy()).isFalse();
  }

  @Test
  void aDeployedModelWithoutMetricIsReplaced() {
    assertThat(DeployRule.decide(Task.REGRESSION, null, 0.1).deploy()).isTrue();
    assertThat(DeployRule.decide(Task.REGRESSION, null, null).deploy()).isTrue();
  }
}
