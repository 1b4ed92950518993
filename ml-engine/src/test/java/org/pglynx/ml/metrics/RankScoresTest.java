package org.pglynx.ml.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Figures of scikit-learn 1.2.1: ndcg_score([y], [s]), the same with k=10, and
 * average_precision_score(y > 0, s).
 */
class RankScoresTest {
  private static final double[][] MIXED = {{3, 2, 3, 0, 1, 2}, {0.9, 0.8, 0.1, 0.7, 0.2, 0.3}};
  private static final double[][] TIED = {{0, 1, 0, 2}, {0.5, 0.5, 0.5, 0.1}};
  private static final double[][] LONG = {
    {1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3}, {12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1}
  };

  @Test
  void aGroupIsScoredAsTheReferenceScoresIt() {
    check(scores(MIXED), 0.9212563266392122, 0.9212563266392122, 0.8766666666666667);
  }

  @Test
  void rowsOfEqualScoreShareTheirPlaces() {
    check(scores(TIED), 0.5973793226027504, 0.5973793226027504, 0.41666666666666663);
  }

  @Test
  void onlyTenPlacesCountForTheTop() {
    check(scores(LONG), 0.4986916812424981, 0.27541155237618664, 0.5833333333333334);
  }

  @Test
  void groupsAreAveragedButNotThoseWithoutARelevantRow() {
    double[][] irrelevant = {{0, 0, 0}, {3, 1, 2}};

    check(
        scores(MIXED, irrelevant, TIED),
        (0.9212563266392122 + 0.5973793226027504) / 2,
        (0.9212563266392122 + 0.5973793226027504) / 2,
        (0.8766666666666667 + 0.41666666666666663) / 2);
    assertThat(scores(irrelevant)).isEmpty();
  }

  private static Map<String, Double> scores(double[][]... groups) {
    RankScores scores = new RankScores();
    for (double[][] group : groups) {
      scores.add(group[0], group[1]);
    }
    return scores.scores();
  }

  private static void check(Map<String, Double> scores, double ndcg, double top, double map) {
    assertThat(scores).containsOnlyKeys("ndcg", "ndcg@10", "map");
    assertThat(scores.get("ndcg")).isCloseTo(ndcg, within(1e-12));
    assertThat(scores.get("ndcg@10")).isCloseTo(top, within(1e-12));
    assertThat(scores.get("map")).isCloseTo(map, within(1e-12));
  }
}
