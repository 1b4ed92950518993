package org.pglynx.ml.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.api.JsonObjects;
import org.pglynx.ml.data.Classes;
import org.pglynx.ml.data.DataSet;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.ClassLabels;
import org.pglynx.ml.model.Model;
import org.pglynx.ml.model.ProgressListener;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.testing.Sets;

/**
 * Trees, forests and boosting against scikit-learn, LightGBM and XGBoost: {@code tree-scores.csv},
 * which {@code src/test/python/tree_reference.py} wrote.
 */
class TreeReferenceTest {
  private static final FitContext CONTEXT =
      new FitContext(7, 2, CancelToken.NEVER, ProgressListener.NONE);

  /** A line of the reference table. */
  record Reference(
      String algorithm,
      Task task,
      String set,
      boolean weighted,
      String hyperparams,
      String metric,
      double value,
      double tolerance) {
    static Reference of(String line) {
      String[] cells = line.split(";", -1);
      return new Reference(
          cells[0],
          Task.bySqlName(cells[1]).orElseThrow(),
          cells[2],
          cells[3].equals("mod3"),
          cells[4],
          cells[5],
          Double.parseDouble(cells[6]),
          Double.parseDouble(cells[7]));
    }
  }

  static Stream<Reference> references() {
    InputStream in =
        Objects.requireNonNull(
            TreeReferenceTest.class.getResourceAsStream("/reference/tree-scores.csv"));
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      return reader.lines().skip(1).map(Reference::of).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("references")
  void agreesWithTheReference(Reference reference) {
    assertThat(score(reference)).isCloseTo(reference.value(), within(reference.tolerance()));
  }

  /** Our score. */
  static double score(Reference reference) {
    DataSet data = Sets.builtIn(reference.set());
    int[] train = rows(reference.set(), data.rowCount(), false);
    int[] test = rows(reference.set(), data.rowCount(), true);
    TrainingTable table = table(data, train, reference);
    Map<String, Object> hyperparams = JsonObjects.parse(reference.hyperparams(), "hyperparams");

    Model model = new Catalogue().find(reference.algorithm()).fit(table, hyperparams, CONTEXT);

    return score(model, table(data, test, reference), reference.metric());
  }

  /** iris and wine are sorted by class: every fourth row tests; else the last quarter. */
  private static int[] rows(String set, int count, boolean test) {
    boolean sorted = set.equals("iris") || set.equals("wine");
    int cut = count - (int) Math.rint(count * 0.25);
    int[] all = new int[count];
    Arrays.setAll(all, i -> i);
    return Arrays.stream(all).filter(i -> (sorted ? i % 4 == 3 : i >= cut) == test).toArray();
  }

  private static TrainingTable table(DataSet data, int[] rows, Reference reference) {
    ClassLabels labels = ClassLabels.NONE;
    double[] y = data.labels(rows);
    if (reference.task() == Task.CLASSIFICATION) {
      Classes classes = data.classes(rows);
      labels = classes.labels();
      y = Arrays.stream(classes.indexes(data, rows)).asDoubleStream().toArray();
    }
    TrainingTable plain =
        TrainingTable.of(
            reference.task(),
            reference.algorithm(),
            data.featureNames(),
            labels,
            data.rowMajor(rows),
            y);
    if (!reference.weighted()) {
      return plain;
    }
    double[] weights = new double[rows.length];
    Arrays.setAll(weights, i -> 1.0 + i % 3);
    return plain.withWeights(weights);
  }

  private static double score(Model model, TrainingTable test, String metric) {
    return switch (metric) {
      case "r2" -> r2(model, test);
      case "accuracy" -> accuracy(model, test);
      default -> logLoss(model, test);
    };
  }

  private static double r2(Model model, TrainingTable test) {
    double mean = Arrays.stream(test.y()).average().orElseThrow();
    double residual = 0;
    double total = 0;
    for (int i = 0; i < test.rows(); i++) {
      double error = test.y()[i] - model.predict(test.x(), i * test.width());
      double deviation = test.y()[i] - mean;
      residual += error * error;
      total += deviation * deviation;
    }
    return 1 - residual / total;
  }

  private static double accuracy(Model model, TrainingTable test) {
    int right = 0;
    for (int i = 0; i < test.rows(); i++) {
      right += model.predict(test.x(), i * test.width()) == test.y()[i] ? 1 : 0;
    }
    return (double) right / test.rows();
  }

  private static double logLoss(Model model, TrainingTable test) {
    float[] out = new float[model.classes().count()];
    double sum = 0;
    for (int i = 0; i < test.rows(); i++) {
      model.predictProba(test.x(), i * test.width(), out, 0);
      double p = out[(int) test.y()[i]];
      sum -= Math.log(Math.min(1 - 1e-15, Math.max(1e-15, p)));
    }
    return sum / test.rows();
  }
}
