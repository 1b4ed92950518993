package org.pglynx.ml.linear;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.pglynx.ml.algo.Algorithm;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.catalog.Catalogue;
import org.pglynx.ml.data.SeededRandom;
import org.pglynx.ml.model.ClassLabels;
import org.pglynx.ml.model.Task;

/** The algorithms whose models are weighted sums, and tables for them. */
final class WeightedSums {
  /** An algorithm for one of its tasks, with some of its hyperparameters. */
  record Case(Algorithm algorithm, Task task, Map<String, Object> hyperparams) {
    @Override
    public String toString() {
      return algorithm.name() + " " + task.sqlName() + " " + hyperparams;
    }
  }

  private static final List<String> NAMES =
      List.of(
          ("linear ridge lasso elastic_net least_angle lasso_least_angle"
                  + " orthogonal_matching_pursuit bayesian_ridge"
                  + " automatic_relevance_determination stochastic_gradient_descent perceptron"
                  + " passive_aggressive ransac theil_sen huber quantile linear_svm")
              .split(" "));

  private WeightedSums() {}

  /** Every algorithm and task with the defaults, and settings that take other paths. */
  static Stream<Case> cases() {
    Stream<Case> defaults =
        NAMES.stream()
            .map(name -> new Catalogue().find(name))
            .flatMap(a -> a.tasks().stream().sorted().map(task -> new Case(a, task, Map.of())));
    return Stream.concat(
        defaults,
        Stream.of(
            of("linear", Task.REGRESSION, Map.of("positive", true)),
            of("lasso", Task.REGRESSION, Map.of("alpha", 0)),
            of("linear", Task.CLASSIFICATION, Map.of("penalty", "l1")),
            of("linear", Task.CLASSIFICATION, Map.of("multi_class", "ovr")),
            of("linear_svm", Task.CLASSIFICATION, Map.of("loss", "hinge")),
            of("linear_svm", Task.REGRESSION, Map.of("loss", "squared_epsilon_insensitive")),
            of("quantile", Task.REGRESSION, Map.of("alpha", 0)),
            of(
                "stochastic_gradient_descent",
                Task.CLASSIFICATION,
                Map.of("loss", "log_loss", "early_stopping", true)),
            of(
                "stochastic_gradient_descent",
                Task.REGRESSION,
                Map.of("penalty", "elasticnet", "average", 10))));
  }

  private static Case of(String name, Task task, Map<String, Object> hyperparams) {
    return new Case(new Catalogue().find(name), task, hyperparams);
  }

  /** A table with labels, or classes, from the numbers 0, 1 and 2. */
  static TrainingTable table(Case of, float[][] x, double[] labels) {
    int width = x[0].length;
    float[] flat = new float[x.length * width];
    for (int i = 0; i < x.length; i++) {
      System.arraycopy(x[i], 0, flat, i * width, width);
    }
    List<String> features = IntStream.range(0, width).mapToObj(j -> "x" + j).toList();
    ClassLabels classes = ClassLabels.NONE;
    if (of.task() == Task.CLASSIFICATION) {
      int count = (int) Arrays.stream(labels).max().orElseThrow() + 1;
      List<String> names = IntStream.range(0, count).mapToObj(String::valueOf).toList();
      classes = new ClassLabels(ClassLabels.Kind.NUMBER, names);
    }
    return TrainingTable.of(of.task(), of.algorithm().name(), features, classes, flat, labels);
  }

  /** Numbers of a mean of 0 and one size. */
  static float[][] random(int rows, int width, double size) {
    SeededRandom random = new SeededRandom(17);
    float[][] x = new float[rows][width];
    for (float[] row : x) {
      for (int j = 0; j < width; j++) {
        row[j] = (float) (size * (2 * random.nextDouble() - 1));
      }
    }
    return x;
  }

  /** Classes 0 to count − 1 by turns of the first column; numbers that follow it. */
  static double[] labels(Case of, float[][] x, int count) {
    double max = 0;
    for (float[] row : x) {
      max = Math.max(max, Math.abs(row[0]));
    }
    double size = max == 0 ? 1 : max;
    double[] labels = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      labels[i] =
          of.task() == Task.CLASSIFICATION
              ? i < count ? i : Math.min(count - 1, (int) ((x[i][0] / size + 1) / 2 * count))
              : 3 * x[i][0] + (i % 7) * size / 10;
    }
    return labels;
  }
}
