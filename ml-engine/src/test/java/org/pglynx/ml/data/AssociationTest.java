package org.pglynx.ml.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Figures of numpy's corrcoef and scipy's association for the same rows. */
class AssociationTest {
  private static final Offset<Double> EXACT = within(1e-9);
  private static final float[] X = {1, 2, 3, 4, 7, 9};
  private static final double[] Y = {2, 1, 4, 3, 7, 5};
  private static final float[] GROUP = {0, 0, 1, 1, 2, 2};
  private static final double[] CLASS = {0, 0, 1, 1, 1, 0};

  private static Association of(
      float[] first, boolean firstText, double[] second, boolean secondText) {
    return Association.of(first.length, i -> first[i], firstText, i -> second[i], secondText);
  }

  @Test
  void ofTwoNumbersItIsPearsons() {
    Association found = of(X, false, Y, false);

    assertThat(found.measure()).isEqualTo(Association.Measure.PEARSON);
    assertThat(found.strength()).isCloseTo(0.802410854285039, EXACT);
  }

  @Test
  void rowsWithoutTheFirstDoNotCount() {
    float[] missing = {1, 2, Float.NaN, 3, 4, 7, 9};
    double[] more = {2, 1, 1000, 4, 3, 7, 5};

    assertThat(of(missing, false, more, false).strength()).isCloseTo(0.802410854285039, EXACT);
  }

  @Test
  void ofATextAndANumberItIsTheCorrelationRatioWhicheverComesFirst() {
    assertThat(of(GROUP, true, Y, false).strength()).isCloseTo(0.933503385868831, EXACT);
    double[] codes = {0, 0, 1, 1, 2, 2};
    float[] numbers = {2, 1, 4, 3, 7, 5};
    Association other = of(numbers, false, codes, true);
    assertThat(other.measure()).isEqualTo(Association.Measure.ETA);
    assertThat(other.strength()).isCloseTo(0.933503385868831, EXACT);
  }

  @Test
  void ofTwoTextsItIsCramersV() {
    Association found = of(GROUP, true, CLASS, true);

    assertThat(found.measure()).isEqualTo(Association.Measure.CRAMER);
    assertThat(found.strength()).isCloseTo(0.816496580927726, EXACT);
  }

  @Test
  void whereNothingVariesThereIsNone() {
    assertThat(of(new float[6], false, Y, false).strength()).isNaN();
    assertThat(of(new float[6], true, CLASS, true).strength()).isNaN();
    assertThat(of(GROUP, true, new double[6], false).strength()).isNaN();
    double[] tenths = {0.1, 0.1, 0.1, 0.1, 0.1, 0.1};
    assertThat(of(X, false, tenths, false).strength()).isNaN();
    assertThat(of(new float[] {Float.NaN}, false, new double[] {1}, false).strength()).isNaN();
  }
}
