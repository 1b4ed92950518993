package org.pglynx.ml.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Figures of scikit-learn 1.2.1 for the same ten rows. */
class CurvesTest {
  private static final Offset<Double> EXACT = within(1e-7);
  private static final boolean[] MEMBER = {
    false, false, true, true, true, false, true, false, true, false
  };
  private static final float[] SCORE = {.1f, .4f, .35f, .8f, .9f, .4f, .7f, .2f, .4f, .05f};

  @Test
  void areasAreScikitLearns() {
    ThresholdCurve curve = ThresholdCurve.of(MEMBER, SCORE);

    assertThat(curve.area()).isCloseTo(0.88, EXACT);
    assertThat(curve.averagePrecision()).isCloseTo(0.8761904761904762, EXACT);
    assertThat(curve.members()).isEqualTo(5);
    assertThat(curve.others()).isEqualTo(5);
  }

  @Test
  void pointsAreThoseOfRocCurveAndPrecisionRecallCurve() {
    ThresholdCurve curve = ThresholdCurve.of(MEMBER, SCORE);

    assertThat(curve.points())
        .extracting(point -> point.recall())
        .containsExactly(.2, .4, .6, .8, 1.0, 1.0, 1.0, 1.0);
    assertThat(curve.points())
        .extracting(point -> point.falseAlarms())
        .containsExactly(.0, .0, .0, .4, .4, .6, .8, 1.0);
    assertThat(curve.points().get(3).threshold()).isCloseTo(.4, EXACT);
    assertThat(curve.points().get(3).precision()).isCloseTo(0.66666667, EXACT);
    assertThat(curve.points().getLast().precision()).isEqualTo(.5);
  }

  @Test
  void aCurveOfManyRowsKeepsItsEndsAndItsAreaButFewPoints() {
    int rows = 100_000;
    boolean[] member = new boolean[rows];
    float[] score = new float[rows];
    for (int i = 0; i < rows; i++) {
      member[i] = i % 3 == 0;
      score[i] = (i * 7919 % rows) / (float) rows;
    }

    ThresholdCurve curve = ThresholdCurve.of(member, score);

    assertThat(curve.points()).hasSizeBetween(50, 102);
    assertThat(curve.points().getLast().recall()).isEqualTo(1);
    assertThat(curve.area()).isCloseTo(areaOf(member, score), within(1e-9));
  }

  private static double areaOf(boolean[] member, float[] score) {
    int[] truth = new int[member.length];
    float[] probability = new float[member.length * 2];
    for (int i = 0; i < member.length; i++) {
      truth[i] = member[i] ? 1 : 0;
      probability[2 * i + 1] = score[i];
    }
    return new ProbabilityScores(2, truth, probability).rocAuc().orElseThrow();
  }

  @Test
  void aClassThatNobodyBelongsToHasACurveThatSaysNothing() {
    ThresholdCurve curve = ThresholdCurve.of(new boolean[3], new float[] {.1f, .2f, .3f});

    assertThat(curve.area()).isEqualTo(.5);
    assertThat(curve.averagePrecision()).isZero();
    assertThat(curve.points().getLast().falseAlarms()).isEqualTo(1);
  }

  @Test
  void calibrationIsScikitLearns() {
    assertThat(Calibration.of(MEMBER, SCORE))
        .extracting(bin -> Math.round(bin.observed() * 1000) / 1000.0)
        .containsExactly(.0, .0, .0, 1.0, .333, 1.0, 1.0);
    assertThat(Calibration.of(MEMBER, SCORE))
        .extracting(bin -> Math.round(bin.predicted() * 1000) / 1000.0)
        .containsExactly(.05, .1, .2, .35, .4, .7, .85);
    assertThat(Calibration.of(MEMBER, SCORE).stream().mapToInt(Calibration.Bin::rows).sum())
        .isEqualTo(10);
  }

  @Test
  void residualsAreTruthMinusPrediction() {
    Residuals residuals = Residuals.of(new double[] {1, 0, 3, 4, 10}, new double[] {0, 2, 0, 4, 5});

    assertThat(residuals.low()).isEqualTo(-2);
    assertThat(residuals.high()).isEqualTo(5);
    assertThat(residuals.histogram()).hasSize(20);
    assertThat(residuals.histogram().stream().mapToInt(Integer::intValue).sum()).isEqualTo(5);
    assertThat(residuals.bands()).hasSize(1);
    assertThat(residuals.bands().getLast().predicted()).isCloseTo(2.2, EXACT);
    assertThat(residuals.bands().getLast().actual()).isCloseTo(3.6, EXACT);
  }

  @Test
  void aBandsQuantilesAreNumpys() {
    double[] truth = new double[100];
    double[] predicted = new double[100];
    double[] residual = {1, -2, 3, 0, 5};
    for (int i = 0; i < 100; i++) {
      predicted[i] = i / 5;
      truth[i] = predicted[i] + residual[i % 5];
    }

    Residuals residuals = Residuals.of(truth, predicted);

    assertThat(residuals.bands()).hasSize(20);
    residuals
        .bands()
        .forEach(band -> {
          assertThat(band.rows()).isEqualTo(5);
          assertThat(band.quantiles().stream().mapToDouble(Double::doubleValue).toArray())
              .containsExactly(new double[] {-1.6, 0, 1, 3, 4.6}, within(1e-9));
        });
  }

  @Test
  void aConfusionMatrixTellsItsCounts() {
    ConfusionMatrix matrix = new ConfusionMatrix(2, new int[] {0, 1, 1, 1}, new int[] {0, 0, 1, 1});

    assertThat(Arrays.asList(matrix.count(0, 0), matrix.count(1, 0), matrix.count(1, 1)))
        .containsExactly(1L, 1L, 2L);
  }
}
