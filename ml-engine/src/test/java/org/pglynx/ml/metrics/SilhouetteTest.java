package org.pglynx.ml.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.pglynx.ml.data.SeededRandom;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.MlException;

class SilhouetteTest {
  private static final float[] X = {0, 1, 10, 12, 30};

  /** sklearn.metrics.silhouette_score([[0], [1], [10], [12], [30]], labels). */
  @Test
  void is_that_of_scikit_learn_with_any_numbers_for_groups() {
    assertThat(score(X, 0, 0, 1, 1, 1)).isCloseTo(0.44621731042933277, within(1e-9));
    assertThat(score(X, -1, -1, 7, 7, 3)).isCloseTo(0.6849303099646349, within(1e-9));
  }

  @Test
  void one_group_or_only_groups_of_one_have_no_score() {
    assertThat(silhouette(X, 2, 2, 2, 2, 2).score()).isEmpty();
    assertThat(silhouette(X, 0, 1, 2, 3, 4).score()).isEmpty();
    assertThat(silhouette(new float[0]).score()).isEmpty();
  }

  @Test
  void equal_rows_in_different_groups_score_zero() {
    assertThat(score(new float[] {4, 4, 4, 4}, 0, 0, 1, 1)).isEqualTo(0);
  }

  @Test
  void many_rows_are_scored_by_a_sample() {
    SeededRandom random = new SeededRandom(3);
    float[] x = new float[2000];
    int[] groups = new int[2000];
    for (int i = 0; i < x.length; i++) {
      groups[i] = i % 2;
      x[i] = groups[i] * 10 + (float) random.nextDouble();
    }
    int[] sample = Silhouette.sample(2000, 500, 5);

    Silhouette sampled = new Silhouette(x, 1, groups, sample, CancelToken.NEVER);

    // two segments of length 1, 10 apart: 1 − (1/3) / 10
    assertThat(sampled.score().orElseThrow()).isCloseTo(0.9667, within(0.003));
  }

  @Test
  void a_sample_has_no_row_twice_and_is_fixed_by_the_seed() {
    int[] sample = Silhouette.sample(2000, 500, 5);

    assertThat(sample).hasSize(500).doesNotHaveDuplicates();
    assertThat(Silhouette.sample(2000, 500, 5)).isEqualTo(sample);
    assertThat(Silhouette.sample(2000, 500, 6)).isNotEqualTo(sample);
    assertThat(Silhouette.sample(3, 500, 6)).containsExactly(0, 1, 2);
  }

  @Test
  void a_cancel_ends_it() {
    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> new Silhouette(X, 1, new int[] {0, 0, 1, 1, 1}, 0, () -> true).score());
  }

  private static double score(float[] x, int... groups) {
    return silhouette(x, groups).score().orElseThrow();
  }

  private static Silhouette silhouette(float[] x, int... groups) {
    return new Silhouette(x, 1, groups, 0, CancelToken.NEVER);
  }
}
