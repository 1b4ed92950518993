package org.pglynx.ml.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.pglynx.ml.algo.Algorithm;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;
import org.pglynx.ml.model.Model;
import org.pglynx.ml.model.ProgressListener;
import org.pglynx.ml.testing.FittedReference;

/** Support vector machines decide as LIBSVM does in scikit-learn 1.2.1. */
class SvmDecisionsTest {
  static Stream<FittedReference> cases() {
    return FittedReference.of("kernel").filter(c -> c.decisions() != null);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void decisionsAboutEachPairOfClassesAreTheReferences(FittedReference expected) {
    SvcModel model = (SvcModel) fit(expected, expected.hyperparams(), 1);
    TrainingTable test = expected.test();
    double[][] decisions = Objects.requireNonNull(expected.decisions());
    // scikit-learn turns the sign round when there are two classes only
    int sign = test.classCount() == 2 ? -1 : 1;

    for (int i = 0; i < decisions.length; i++) {
      double[] given = model.decisions(test.x(), i * test.width());
      for (int k = 0; k < given.length; k++) {
        assertThat(sign * given[k])
            .as("row %d pair %d", i, k)
            .isCloseTo(decisions[i][k], within(1e-3 * Math.max(1, Math.abs(decisions[i][k]))));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"breast_cancer,0.02", "iris,0.03", "wine,0.03"})
  void probabilitiesTellTheSharesOfTheClasses(String set, double tolerance) {
    FittedReference any = cases().filter(c -> c.set().equals(set)).findFirst().orElseThrow();
    Model model = fit(any, Map.of("probability", true), 1);
    TrainingTable table = any.training();
    double[] mean = new double[table.classCount()];
    float[] given = new float[mean.length];

    for (int i = 0; i < table.rows(); i++) {
      model.predictProba(table.x(), i * table.width(), given, 0);
      assertThat(IntStream.range(0, given.length).mapToDouble(c -> given[c]).sum())
          .isCloseTo(1, within(1e-5));
      for (int c = 0; c < mean.length; c++) {
        mean[c] += given[c] / table.rows();
      }
    }

    for (int c = 0; c < mean.length; c++) {
      int own = c;
      double share =
          IntStream.range(0, table.rows()).filter(i -> table.y()[i] == own).count()
              / (double) table.rows();
      assertThat(mean[c]).isCloseTo(share, within(tolerance));
    }
  }

  @Test
  void probabilitiesThatNobodyAskedForAreRefusedWithTheHyperparameterThatGivesThem() {
    FittedReference iris = cases().filter(c -> c.set().equals("iris")).findFirst().orElseThrow();
    Model model = fit(iris, Map.of(), 1);

    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> probabilities(model, iris.test().x()))
        .satisfies(e -> assertThat(e.hint()).contains("\"probability\": true"));
  }

  @Test
  void anotherSeedFoldsOtherwiseForProbabilitiesButDecidesTheSame() {
    FittedReference iris = cases().filter(c -> c.set().equals("iris")).findFirst().orElseThrow();
    SvcModel one = (SvcModel) fit(iris, Map.of("probability", true), 1);
    SvcModel two = (SvcModel) fit(iris, Map.of("probability", true), 2);
    SvcModel twoAsOne = (SvcModel) fit(iris, Map.of("probability", true, "random_state", 1), 2);
    float[] row = iris.test().x();

    assertThat(two.decisions(row, 0)).containsExactly(one.decisions(row, 0));
    assertThat(probabilities(two, row)).isNotEqualTo(probabilities(one, row));
    assertThat(probabilities(twoAsOne, row)).isEqualTo(probabilities(one, row));
  }

  @Test
  void aWeightOfTwoIsTwiceTheCost() {
    FittedReference iris = cases().filter(c -> c.set().equals("iris")).findFirst().orElseThrow();
    TrainingTable table = iris.training();
    double[] weights = new double[table.rows()];
    Arrays.fill(weights, 2);
    TrainingTable doubled = table.withWeights(weights);
    SvcModel weighted = (SvcModel) fit(doubled, Map.of("C", 1));
    SvcModel costly = (SvcModel) fit(table, Map.of("C", 2));

    assertThat(weighted.decisions(table.x(), 0)).containsExactly(costly.decisions(table.x(), 0));
  }

  @Test
  void aShareThatTheClassesCannotGiveIsRefusedWithTheLargestThatTheyCan() {
    FittedReference cancer =
        cases().filter(c -> c.set().equals("breast_cancer")).findFirst().orElseThrow();

    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> algorithm("nu_svm").fit(cancer.training(), Map.of("nu", 0.9), context(1)))
        .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.BAD_HYPERPARAMETER))
        .withMessageContaining("nu = 0.9 is infeasible")
        .satisfies(e -> assertThat(e.hint()).contains("at most 0.7"));
  }

  private static float[] probabilities(Model model, float[] row) {
    float[] given = new float[model.classes().count()];
    model.predictProba(row, 0, given, 0);
    return given;
  }

  private static Model fit(FittedReference data, Map<String, Object> hyperparams, long seed) {
    return algorithm(data.algorithm()).fit(data.training(), Map.copyOf(hyperparams), context(seed));
  }

  private static Model fit(TrainingTable table, Map<String, Object> hyperparams) {
    return algorithm("svm").fit(table, Map.copyOf(hyperparams), context(1));
  }

  private static Algorithm algorithm(String name) {
    return new KernelFamily()
        .algorithms().stream().filter(a -> a.name().equals(name)).findFirst().orElseThrow();
  }

  private static FitContext context(long seed) {
    return new FitContext(seed, 1, CancelToken.NEVER, ProgressListener.NONE);
  }
}
