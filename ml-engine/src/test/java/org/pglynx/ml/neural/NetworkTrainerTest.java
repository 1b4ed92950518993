package org.pglynx.ml.neural;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.data.SeededRandom;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;
import org.pglynx.ml.model.Model;
import org.pglynx.ml.model.ProgressListener;
import org.pglynx.ml.testing.FittedReference;

class NetworkTrainerTest {
  private final FittedReference iris = data("iris");

  @ParameterizedTest
  @EnumSource(Activation.class)
  void the_gradient_is_the_slope_of_the_loss(Activation activation) {
    TrainingTable table = iris.training();
    Layout layout = new Layout(new int[] {4, 5, 4, 3});
    Backpropagation loss =
        new Backpropagation(table, layout, activation, Output.SOFTMAX, 0.5, CancelToken.NEVER);
    double[] numbers = new double[layout.count()];
    SeededRandom random = new SeededRandom(4);
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = random.nextDouble() - 0.5;
    }
    int[] order = IntStream.range(0, table.rows()).toArray();
    double[] gradient = new double[numbers.length];
    loss.evaluate(numbers, order, 10, 90, gradient);

    for (int i = 0; i < numbers.length; i++) {
      double here = numbers[i];
      numbers[i] = here + 1e-6;
      double above = loss.evaluate(numbers, order, 10, 90, new double[numbers.length]);
      numbers[i] = here - 1e-6;
      double below = loss.evaluate(numbers, order, 10, 90, new double[numbers.length]);
      numbers[i] = here;
      assertThat(gradient[i]).isCloseTo((above - below) / 2e-6, within(1e-6));
    }
  }

  /** Another line search than SciPy's finds another minimum, of the same quality. */
  @ParameterizedTest
  @CsvSource({"iris,0.96", "wine,0.97", "breast_cancer,0.95"})
  void lbfgs_fits_as_well_as_the_other_solvers(String set, double least) {
    assertThat(accuracy(data(set), Map.of("solver", "lbfgs"))).isGreaterThanOrEqualTo(least);
  }

  @ParameterizedTest
  @CsvSource({"breast_cancer,0.94", "digits,0.95"})
  void early_stopping_keeps_the_best_network(String set, double least) {
    Map<String, Object> given = Map.of("early_stopping", true, "learning_rate_init", 0.01);

    assertThat(accuracy(data(set), given)).isGreaterThanOrEqualTo(least);
  }

  @Test
  void a_network_that_is_too_large_is_refused_before_it_is_made() {
    assertThatExceptionOfType(MlException.class)
        .isThrownBy(
            () -> fit(iris.training(), Map.of("hidden_layer_sizes", List.of(10_000, 10_000))))
        .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.BAD_HYPERPARAMETER))
        .withMessageContaining("100090003 numbers");
  }

  @ParameterizedTest
  @CsvSource({"hidden_layer_sizes,0", "activation,swish", "beta_1,1", "momentum,2", "alpha,-1"})
  void a_bad_value_is_refused_by_name(String name, String value) {
    Object given = value.matches("-?[0-9]+") ? (Object) Integer.valueOf(value) : value;

    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> fit(iris.training(), Map.of(name, given)))
        .withMessageContaining("hyperparameter \"" + name + "\"");
  }

  private static double accuracy(FittedReference data, Map<String, Object> hyperparams) {
    Model model = fit(data.training(), hyperparams);
    TrainingTable test = data.test();
    long right =
        IntStream.range(0, test.rows())
            .filter(i -> model.predict(test.x(), i * test.width()) == test.y()[i])
            .count();
    return right / (double) test.rows();
  }

  private static Model fit(TrainingTable table, Map<String, Object> hyperparams) {
    return new NeuralFamily()
        .algorithms()
        .getFirst()
        .fit(
            table,
            Map.copyOf(hyperparams),
            new FitContext(1, 1, CancelToken.NEVER, ProgressListener.NONE));
  }

  private static FittedReference data(String set) {
    return FittedReference.of("neural").filter(c -> c.set().equals(set)).findFirst().orElseThrow();
  }
}
