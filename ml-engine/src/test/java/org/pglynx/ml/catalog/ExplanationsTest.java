package org.pglynx.ml.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.data.DataSet;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.ClassLabels;
import org.pglynx.ml.model.FeatureImportance;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.Model;
import org.pglynx.ml.model.ProgressListener;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.pipeline.JointModel;
import org.pglynx.ml.testing.Sets;

/** Explanations and importances of fitted models, read back from their stored form. */
class ExplanationsTest {
  private static final FitContext CONTEXT =
      new FitContext(5, 1, CancelToken.NEVER, ProgressListener.NONE);

  private final TrainingTable diabetes = diabetes("any");

  @ParameterizedTest
  @ValueSource(
      strings = {"linear", "ridge", "lasso", "xgboost", "random_forest", "gradient_boosting_trees"})
  void theExplanationOfAValueSumsToIt(String algorithm) {
    Model model = fit(algorithm);

    assertThat(model.explainedScores()).isEqualTo(1);
    double[] out = new double[11];
    for (int i = 0; i < 20; i++) {
      model.explain(diabetes.x(), i * 10, out);
      double sum = 0;
      for (double part : out) {
        sum += part;
      }
      assertThat(sum).isCloseTo(model.predict(diabetes.x(), i * 10), within(2e-3));
    }
  }

  /** The two features that every analysis of this set names first. */
  @ParameterizedTest
  @ValueSource(
      strings = {"ridge", "xgboost", "random_forest", "extra_trees", "gradient_boosting_trees"})
  void bodyMassAndTriglyceridesMatterMost(String algorithm) {
    FeatureImportance importance = fit(algorithm).importance().getFirst();

    double[] values = importance.values();
    int best = 0;
    for (int j = 1; j < values.length; j++) {
      best = values[j] > values[best] ? j : best;
    }
    assertThat(diabetes.info().features().get(best)).isIn("bmi", "s5");
  }

  @Test
  void aModelThatCannotExplainItselfSaysSo() {
    Model model = fit("knn");

    assertThat(model.explainedScores()).isZero();
    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> model.explain(diabetes.x(), 0, new double[11]))
        .withMessageContaining("\"knn\"");
    assertThatExceptionOfType(MlException.class)
        .isThrownBy(model::importance)
        .withMessageContaining("\"knn\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"linear", "xgboost"})
  void aJointModelExplainsItsFirstTargetWhichItPredicts(String algorithm) {
    Model joint = joint(algorithm, 3);
    double[] out = new double[11];
    double[] expected = new double[11];

    joint.explain(diabetes.x(), 0, out);

    fit(algorithm).explain(diabetes.x(), 0, expected);
    assertThat(joint.explainedScores()).isEqualTo(1);
    assertThat(out).containsExactly(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"linear", "xgboost"})
  void whatMattersToAJointModelIsTheAverageOfItsTargets(String algorithm) {
    FeatureImportance first = fit(algorithm).importance().getFirst();
    FeatureImportance second = fitted(algorithm, 3).importance().getFirst();

    FeatureImportance both = joint(algorithm, 3).importance().getFirst();

    assertThat(both.measure()).isEqualTo(first.measure());
    for (int j = 0; j < 10; j++) {
      double average = (first.values()[j] + second.values()[j]) / 2;
      assertThat(both.values()[j]).isCloseTo(average, within(1e-9 * Math.abs(average)));
    }
  }

  @Test
  void aJointModelOfAnAlgorithmThatCannotTellSaysSo() {
    assertThatExceptionOfType(MlException.class)
        .isThrownBy(joint("knn", 3)::importance)
        .withMessageContaining("\"knn\"");
  }

  /** The labels, and the labels times a factor. */
  private Model joint(String algorithm, double factor) {
    ModelCodec codec = new ModelCodec(1 << 28);
    return codec.decode(
        codec.encode(
            JointModel.of(
                List.of("y", "z"), List.of(fitted(algorithm, 1), fitted(algorithm, factor)))));
  }

  private static StoredModel fitted(String algorithm, double factor) {
    return new Catalogue().find(algorithm).fit(diabetes(algorithm, factor), Map.of(), CONTEXT);
  }

  private Model fit(String algorithm) {
    ModelCodec codec = new ModelCodec(1 << 28);
    Model model = new Catalogue().find(algorithm).fit(diabetes(algorithm), Map.of(), CONTEXT);
    return codec.decode(codec.encode(model));
  }

  private static TrainingTable diabetes(String algorithm) {
    return diabetes(algorithm, 1);
  }

  private static TrainingTable diabetes(String algorithm, double factor) {
    DataSet data = Sets.builtIn("diabetes");
    int[] rows = data.allRows();
    double[] labels = data.labels(rows);
    for (int i = 0; i < labels.length; i++) {
      labels[i] *= factor;
    }
    return TrainingTable.of(
        Task.REGRESSION,
        algorithm,
        data.featureNames(),
        ClassLabels.NONE,
        data.rowMajor(rows),
        labels);
  }
}
