package org.pglynx.ml.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Values from scikit-learn's own documentation, or worked out by hand beside the test. */
class ScoresTest {
  private static final Offset<Double> EXACT = within(1e-12);

  @Test
  void regressionScoresAreScikitLearns() {
    Map<String, Double> scores =
        RegressionScores.of(new double[] {3, -0.5, 2, 7}, new double[] {2.5, 0, 2, 8});

    assertThat(scores.get("r2")).isCloseTo(0.9486081370449679, EXACT);
    assertThat(scores.get("mean_absolute_error")).isEqualTo(0.5);
    assertThat(scores.get("mean_squared_error")).isEqualTo(0.375);
  }

  @Test
  void r2OfConstantLabelsIsZeroUnlessAllAreMet() {
    double[] constant = {4, 4, 4};

    assertThat(RegressionScores.of(constant, new double[] {4, 4, 5}).get("r2")).isEqualTo(0);
    assertThat(RegressionScores.of(constant, constant).get("r2")).isEqualTo(1);
  }

  @Test
  void r2OfOneRowIsNotDefined() {
    assertThat(RegressionScores.of(new double[] {4}, new double[] {5})).doesNotContainKey("r2");
  }

  @Test
  void macroScoresOfThreeClassesAreScikitLearns() {
    ConfusionMatrix matrix =
        new ConfusionMatrix(3, new int[] {0, 1, 2, 0, 1, 2}, new int[] {0, 2, 1, 0, 0, 1});

    assertThat(matrix.precision()).isCloseTo(2.0 / 9, EXACT);
    assertThat(matrix.recall()).isCloseTo(1.0 / 3, EXACT);
    assertThat(matrix.f1()).isCloseTo(0.26666666666666666, EXACT);
    assertThat(matrix.accuracy()).isCloseTo(2.0 / 6, EXACT);
  }

  @Test
  void scoresOfTwoClassesAreThoseOfClassOne() {
    // 3 true positives, 1 false positive, 2 false negatives, 4 true negatives
    ConfusionMatrix matrix =
        new ConfusionMatrix(
            2, new int[] {1, 1, 1, 0, 1, 1, 0, 0, 0, 0}, new int[] {1, 1, 1, 1, 0, 0, 0, 0, 0, 0});

    assertThat(matrix.precision()).isCloseTo(3.0 / 4, EXACT);
    assertThat(matrix.recall()).isCloseTo(3.0 / 5, EXACT);
    assertThat(matrix.f1()).isCloseTo(6.0 / 9, EXACT);
    assertThat(matrix.mcc()).isCloseTo((3 * 4 - 1 * 2) / Math.sqrt(4.0 * 5 * 5 * 6), EXACT);
  }

  @Test
  void mccIsScikitLearns() {
    assertThat(new ConfusionMatrix(2, new int[] {1, 1, 1, 0}, new int[] {1, 0, 1, 1}).mcc())
        .isCloseTo(-1.0 / 3, EXACT);
  }

  @Test
  void classesThatNeverOccurDoNotCount() {
    int[] truth = {0, 0, 1};
    int[] predicted = {0, 1, 1};

    assertThat(new ConfusionMatrix(5, truth, predicted).recall()).isCloseTo(0.75, EXACT);
  }

  @Test
  void rocAucIsScikitLearnsAndTiesShareTheirRank() {
    assertThat(auc(new int[] {0, 0, 1, 1}, 0.1f, 0.4f, 0.35f, 0.8f)).isCloseTo(0.75, EXACT);
    assertThat(auc(new int[] {0, 1, 0, 1}, 0.5f, 0.5f, 0.5f, 0.5f)).isCloseTo(0.5, EXACT);
    assertThat(auc(new int[] {0, 1}, 0.9f, 0.1f)).isCloseTo(0, EXACT);
  }

  @Test
  void rocAucOfOneClassIsNotDefined() {
    float[] p = {0.2f, 0.8f, 0.3f, 0.7f};

    assertThat(new ProbabilityScores(2, new int[] {1, 1}, p).rocAuc()).isEmpty();
  }

  @Test
  void rocAucOfManyClassesIsTheMeanOfEachAgainstTheRest() {
    // Class 0 is ranked perfectly, class 1 half, class 2 never occurs.
    float[] p = {0.8f, 0.1f, 0.1f, 0.2f, 0.1f, 0.7f};

    assertThat(new ProbabilityScores(3, new int[] {0, 1}, p).rocAuc().getAsDouble())
        .isCloseTo(0.75, EXACT);
  }

  @Test
  void logLossIsScikitLearns() {
    float[] p = {.1f, .9f, .9f, .1f, .8f, .2f, .35f, .65f};

    assertThat(new ProbabilityScores(2, new int[] {1, 0, 0, 1}, p).logLoss())
        .isCloseTo(0.21616187468057912, within(1e-6)); // probabilities are float32
  }

  @Test
  void logLossOfACertainMistakeIsFinite() {
    assertThat(new ProbabilityScores(2, new int[] {1}, new float[] {1, 0}).logLoss())
        .isCloseTo(-Math.log(1e-15), within(1e-9));
  }

  private static double auc(int[] truth, float... ofClassOne) {
    float[] p = new float[truth.length * 2];
    for (int i = 0; i < truth.length; i++) {
      p[2 * i] = 1 - ofClassOne[i];
      p[2 * i + 1] = ofClassOne[i];
    }
    return new ProbabilityScores(2, truth, p).rocAuc().getAsDouble();
  }
}
