package org.pglynx.ml.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.model.Model;
import org.pglynx.ml.testing.RandIndex;
import org.pglynx.ml.testing.ReferenceLines;

/** All groupings against scikit-learn's, see src/test/python/cluster_reference.py. */
class ClusteringReferenceTest {
  static Stream<ReferenceLines> references() {
    return ReferenceLines.of("clusters.csv");
  }

  static Stream<ReferenceLines> scored() {
    return references().filter(line -> !line.text("silhouette").isEmpty());
  }

  @ParameterizedTest
  @MethodSource("references")
  void groups_are_those_of_scikit_learn(ReferenceLines reference) {
    TrainingTable table = Fits.table(reference.algorithm(), reference.data());
    Model model = Fits.fit(table, reference.hyperparameters());

    int[] groups = Fits.groups(model, table);

    int[] expected = reference.labels("labels");
    double likeness = RandIndex.adjusted(groups, expected);
    assertThat(likeness)
        .as("%d groups instead of %d", count(groups), count(expected))
        .isGreaterThanOrEqualTo(reference.numbers("likeness")[0]);
  }

  @ParameterizedTest
  @MethodSource("scored")
  void silhouette_is_that_of_scikit_learn(ReferenceLines reference) {
    TrainingTable table = Fits.table(reference.algorithm(), reference.data());

    double score = Fits.silhouette(table, reference.labels("labels"));

    assertThat(score).isCloseTo(reference.numbers("silhouette")[0], within(1e-9));
  }

  private static long count(int[] groups) {
    return Arrays.stream(groups).distinct().count();
  }
}
