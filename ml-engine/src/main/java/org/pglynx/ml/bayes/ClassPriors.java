package org.pglynx.ml.bayes;

import java.util.Arrays;
import java.util.List;
import org.pglynx.ml.algo.Domain;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;

/** How probable each class is before any feature is seen. */
public final class ClassPriors {
  private static final int MAX_CLASSES = 100_000;
  private static final double TOLERANCE = 1e-6;

  private ClassPriors() {}

  /** A hyperparameter that gives them, in the order of the classes. */
  public static ParameterSpec spec(String name) {
    Domain share = new Domain.Real(0, true, 1);
    return new ParameterSpec(name, List.of(), new Domain.ListOf(share, MAX_CLASSES)).orNull();
  }

  /** The weights of the rows of each class. */
  static double[] counts(TrainingTable table) {
    double[] counts = new double[table.classCount()];
    for (int i = 0; i < table.rows(); i++) {
      counts[(int) table.y()[i]] += table.weight(i);
    }
    return counts;
  }

  /**
   * The priors: as given, else the shares of the rows.
   *
   * @throws MlException of kind BAD_HYPERPARAMETER when they are not one per class, or do not sum
   *     to 1
   */
  public static double[] of(TrainingTable table, Parameters parameters, String name) {
    if (parameters.raw(name) instanceof List<?> list) {
      double[] given = list.stream().mapToDouble(v -> (Double) v).toArray();
      double sum = Arrays.stream(given).sum();
      if (given.length != table.classCount() || Math.abs(sum - 1) > TOLERANCE) {
        throw new MlException(
            Kind.BAD_HYPERPARAMETER,
            "hyperparameter \"%s\" has %d numbers of sum %s".formatted(name, given.length, sum),
            "It needs one for each class, of sum 1; classes in order: %s."
                .formatted(String.join(", ", table.info().classes().names())));
      }
      return given;
    }
    double[] counts = counts(table);
    double total = Arrays.stream(counts).sum();
    return Arrays.stream(counts).map(count -> count / total).toArray();
  }
}
