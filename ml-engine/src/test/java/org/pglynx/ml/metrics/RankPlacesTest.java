package org.pglynx.ml.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Figures of scikit-learn 1.2.1: ndcg_score([y], [s], k=…). */
class RankPlacesTest {
  private static final double[][] MIXED = {{3, 2, 3, 0, 1, 2}, {0.9, 0.8, 0.1, 0.7, 0.2, 0.3}};
  private static final double[][] TIED = {{0, 1, 0, 2}, {0.5, 0.5, 0.5, 0.1}};
  private static final double[][] IRRELEVANT = {{0, 0, 0}, {3, 1, 2}};

  private static RankPlaces of(double[][]... groups) {
    RankPlaces places = new RankPlaces();
    for (double[][] group : groups) {
      places.add(group[0], group[1]);
    }
    return places;
  }

  private static void check(RankPlaces.Place place, double ndcg, double precision, double recall) {
    assertThat(place.ndcg()).isCloseTo(ndcg, within(1e-12));
    assertThat(place.precision()).isCloseTo(precision, within(1e-12));
    assertThat(place.recall()).isCloseTo(recall, within(1e-12));
  }

  @Test
  void each_number_of_first_rows_is_scored_as_the_reference_scores_it() {
    RankPlaces places = of(MIXED);

    check(places.places().get(0), 1, 1, 0.2);
    check(places.places().get(1), 0.8710490642551529, 1, 0.4);
    check(places.places().get(2), 0.7232329748419101, 2.0 / 3, 0.4);
    check(places.places().get(9), 0.9212563266392122, 5.0 / 6, 1);
    assertThat(places.histogram()[18]).isEqualTo(1);
  }

  @Test
  void rows_of_equal_score_share_their_places() {
    RankPlaces places = of(TIED);

    check(places.places().get(0), 0.16666666666666666, 1.0 / 3, 1.0 / 6);
    check(places.places().get(1), 0.20663541109468855, 1.0 / 3, 1.0 / 3);
    check(places.places().get(2), 0.26998437221401095, 1.0 / 3, 0.5);
    check(places.places().get(3), 0.5973793226027504, 0.5, 1);
  }

  @Test
  void groups_are_averaged_but_not_those_without_a_relevant_row() {
    RankPlaces places = of(MIXED, IRRELEVANT, TIED);

    assertThat(places.groups()).isEqualTo(2);
    check(places.places().get(0), (1 + 1.0 / 6) / 2, (1 + 1.0 / 3) / 2, (0.2 + 1.0 / 6) / 2);
    assertThat(of(IRRELEVANT).places()).isEmpty();
  }
}
