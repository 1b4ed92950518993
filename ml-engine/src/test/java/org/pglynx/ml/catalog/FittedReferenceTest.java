package org.pglynx.ml.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.Model;
import org.pglynx.ml.model.ProgressListener;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.testing.FittedReference;

/**
 * Row by row the predictions of scikit-learn 1.2.1: numbers within 1e-3 of their own size where the
 * case does not say otherwise, classes the same, but for one row in 300 that may lie on a border.
 */
class FittedReferenceTest {
  static Stream<FittedReference> cases() {
    return Stream.of("kernel", "gaussian", "bayes", "neighbours", "neural")
        .flatMap(FittedReference::of);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void predictsWhatTheReferencePredicts(FittedReference expected) {
    Model model = fit(expected);
    TrainingTable test = expected.test();
    float[] predicted = new float[test.rows()];

    model.predict(test.x(), test.rows(), predicted);

    assertThat(predicted).hasSameSizeAs(expected.values());
    int different = 0;
    for (int i = 0; i < predicted.length; i++) {
      double value = expected.values()[i];
      if (expected.task() == Task.CLASSIFICATION) {
        different += predicted[i] == value ? 0 : 1;
      } else {
        assertThat((double) predicted[i])
            .as("row %d", i)
            .isCloseTo(value, within(expected.tolerance() * Math.max(1, Math.abs(value))));
      }
    }
    assertThat(different).isLessThanOrEqualTo(predicted.length / 300);
    checkProbabilities(model, test, expected);
  }

  private static void checkProbabilities(
      Model model, TrainingTable test, FittedReference expected) {
    double[][] proba = expected.proba() == null ? new double[0][] : expected.proba();
    float[] given = new float[test.classCount()];
    for (int i = 0; i < proba.length; i++) {
      model.predictProba(test.x(), i * test.width(), given, 0);
      for (int c = 0; c < given.length; c++) {
        assertThat((double) given[c])
            .as("row %d class %d", i, c)
            .isCloseTo(proba[i][c], within(expected.tolerance()));
      }
    }
  }

  private static Model fit(FittedReference expected) {
    FitContext context = new FitContext(1, 1, CancelToken.NEVER, ProgressListener.NONE);
    return new Catalogue()
        .find(expected.algorithm())
        .fit(expected.training(), expected.hyperparams(), context);
  }
}
