package org.pglynx.ml.algo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.pglynx.ml.model.ClassLabels;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.Task;

class ClassWeightsTest {
  private static final List<ParameterSpec> SPECS = List.of(ParameterSpec.classWeight());
  private final TrainingTable threeAndOne =
      TrainingTable.of(
          Task.CLASSIFICATION,
          "svm",
          List.of("x"),
          new ClassLabels(ClassLabels.Kind.TEXT, List.of("no", "yes")),
          new float[] {1, 2, 3, 4},
          new double[] {0, 0, 0, 1});

  @Test
  void classes_count_alike_unless_told() {
    assertThat(weights(Map.of())).containsExactly(1, 1);
  }

  @Test
  void balanced_classes_count_the_same_in_sum() {
    assertThat(weights(Map.of("class_weight", "balanced"))).containsExactly(4 / 6.0, 2);
  }

  @Test
  void a_label_gets_its_own_weight() {
    assertThat(weights(Map.of("class_weight", Map.of("yes", 3)))).containsExactly(1, 3);
  }

  @Test
  void an_unknown_label_is_refused_with_the_known_ones() {
    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> weights(Map.of("class_weight", Map.of("maybe", 3))))
        .withMessageContaining("\"maybe\"")
        .satisfies(e -> assertThat(e.hint()).isEqualTo("The labels are no, yes."));
  }

  @Test
  void a_negative_weight_is_refused() {
    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> weights(Map.of("class_weight", Map.of("yes", -1))))
        .withMessageContaining("class_weight");
  }

  private double[] weights(Map<String, Object> hyperparams) {
    return ClassWeights.of(threeAndOne, Parameters.resolve("svm", SPECS, Map.copyOf(hyperparams)));
  }
}
