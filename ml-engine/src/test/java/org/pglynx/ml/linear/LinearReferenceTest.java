package org.pglynx.ml.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.api.JsonObjects;
import org.pglynx.ml.catalog.Catalogue;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.Model;
import org.pglynx.ml.model.ProgressListener;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.testing.LinearReferences;
import org.pglynx.ml.testing.LinearReferences.Reference;
import org.pglynx.ml.testing.SplitTable;

/**
 * Weighted sums against those of scikit-learn 1.2.1: on the held-out rows no score is further off
 * than the stated share of the scores' standard deviation.
 */
class LinearReferenceTest {
  private static final FitContext CONTEXT =
      new FitContext(0, 1, CancelToken.NEVER, ProgressListener.NONE);

  static Stream<Reference> references() {
    return LinearReferences.of("linear-models.tsv").stream();
  }

  @ParameterizedTest
  @MethodSource("references")
  void scores_are_those_of_the_reference(Reference reference) {
    SplitTable data =
        SplitTable.of(
            reference.data(), reference.algorithm(), reference.task(), reference.options());
    Map<String, @Nullable Object> hyperparams =
        JsonObjects.parse(reference.hyperparams(), "hyperparams");

    LinearModel model =
        (LinearModel)
            new Catalogue().find(reference.algorithm()).fit(data.train(), hyperparams, CONTEXT);

    double[] ours = scores(data, model.weights(), model.intercepts());
    double[] theirs = scores(data, reference.weights(), reference.intercepts());
    double allowed = reference.tolerance() * Math.max(deviation(theirs), 1e-3);
    assertThat(ours).hasSameSizeAs(theirs);
    for (int i = 0; i < ours.length; i++) {
      assertThat(ours[i]).isCloseTo(theirs[i], within(allowed));
    }
    assertScore(data, model, reference);
  }

  private static void assertScore(SplitTable data, Model model, Reference reference) {
    double unit = reference.task() == Task.REGRESSION ? 1 : 1.0 / data.labels().length + 1e-6;
    assertThat(data.score(model))
        .isCloseTo(reference.score(), within(Math.max(1e-6, 3 * reference.tolerance()) * unit));
  }

  private static double[] scores(SplitTable data, double[] weights, double[] intercepts) {
    int width = data.train().width();
    int rows = data.labels().length;
    int outputs = weights.length / width;
    double[] scores = new double[outputs * rows];
    for (int k = 0; k < outputs; k++) {
      for (int i = 0; i < rows; i++) {
        double sum = intercepts[intercepts.length == 1 ? 0 : k];
        for (int j = 0; j < width; j++) {
          sum += weights[k * width + j] * data.held()[i * width + j];
        }
        scores[k * rows + i] = sum;
      }
    }
    return scores;
  }

  private static double deviation(double[] scores) {
    double mean = Arrays.stream(scores).average().orElseThrow();
    return Math.sqrt(
        Arrays.stream(scores).map(s -> (s - mean) * (s - mean)).average().orElseThrow());
  }
}
