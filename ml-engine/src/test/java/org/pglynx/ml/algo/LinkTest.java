package org.pglynx.ml.algo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LinkTest {
  @Test
  void scores_against_the_rest_become_logistic_shares() {
    float[] out = {0, 9, -1, 2};

    Link.ONE_VS_REST.toProbabilities(out, 1, 3);

    double sum = logistic(9) + logistic(-1) + logistic(2);
    assertThat(out[0]).isZero();
    assertThat((double) out[1]).isCloseTo(logistic(9) / sum, within(1e-6));
    assertThat((double) out[2]).isCloseTo(logistic(-1) / sum, within(1e-6));
    assertThat((double) out[3]).isCloseTo(logistic(2) / sum, within(1e-6));
  }

  @Test
  void a_clipped_score_says_how_far_from_even_it_is() {
    float[] out = {0.5f, 9};

    Link.CLIPPED.toProbabilities(out, 0, 2);

    assertThat(out).containsExactly(0.25f, 0.75f);
  }

  @Test
  void where_no_class_is_likely_all_are_as_likely() {
    float[] out = {-1, -5, -2, -1};

    Link.CLIPPED_ONE_VS_REST.toProbabilities(out, 0, 4);

    assertThat(out).containsExactly(0.25f, 0.25f, 0.25f, 0.25f);
  }

  @Test
  void clipped_scores_are_scaled_to_a_sum_of_one() {
    float[] out = {1, 0, -1};

    Link.CLIPPED_ONE_VS_REST.toProbabilities(out, 0, 3);

    assertThat(out[0]).isCloseTo(2 / 3f, within(1e-6f));
    assertThat(out[1]).isCloseTo(1 / 3f, within(1e-6f));
    assertThat(out[2]).isZero();
  }

  private static double logistic(double score) {
    return 1 / (1 + Math.exp(-score));
  }
}
