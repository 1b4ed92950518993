package org.pglynx.ml.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pglynx.ml.testing.ReferenceLines;

/** Several targets at once score as with scikit-learn, ranking as with the libraries alone. */
class JointAndRankReferenceTest {
  static Stream<ReferenceLines> joint() {
    return JointAndRankScores.joint();
  }

  static Stream<ReferenceLines> ranks() {
    return JointAndRankScores.ranks();
  }

  @ParameterizedTest
  @MethodSource("joint")
  void several_targets_score_the_references_r2(ReferenceLines line) {
    double reference = line.numbers("r2")[0];

    assertThat(JointAndRankScores.r2(line)).isCloseTo(reference, allowed(line, reference));
  }

  @ParameterizedTest
  @MethodSource("ranks")
  void rows_are_ranked_as_the_library_ranks_them(ReferenceLines line) {
    double reference = line.numbers("ndcg")[0];

    assertThat(JointAndRankScores.ndcg(line)).isCloseTo(reference, allowed(line, reference));
  }

  private static Offset<Double> allowed(ReferenceLines line, double of) {
    return within(line.numbers("tolerance")[0] * Math.max(1, Math.abs(of)));
  }
}
