package org.pglynx.ml.online;

import static org.pglynx.ml.linear.LinearParameters.FIT_INTERCEPT;
import static org.pglynx.ml.linear.LinearParameters.JOBS;
import static org.pglynx.ml.linear.LinearParameters.MAX_ITER;
import static org.pglynx.ml.linear.LinearParameters.RANDOM_STATE;

import java.util.List;
import java.util.stream.Stream;
import org.pglynx.ml.algo.Domain;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;

/** The hyperparameters of what learns row by row, under scikit-learn's names. */
final class OnlineParameters {
  private static final ParameterSpec AVERAGE =
      new ParameterSpec(
          "average",
          List.of(),
          new Domain.Either(new Domain.Flag(), new Domain.Whole(1, Integer.MAX_VALUE, false)));

  private static final List<ParameterSpec> COMMON =
      List.of(
          FIT_INTERCEPT,
          MAX_ITER,
          ParameterSpec.atLeast("tol", 0).orNull(),
          ParameterSpec.flag("shuffle"),
          RANDOM_STATE,
          ParameterSpec.flag("early_stopping"),
          ParameterSpec.between("validation_fraction", 1e-9, 1 - 1e-9),
          ParameterSpec.whole("n_iter_no_change", 1, 10_000_000));

  private static final List<ParameterSpec> PENALTY =
      List.of(
          ParameterSpec.choice("penalty", "l2", "l1", "elasticnet").orNull(),
          ParameterSpec.atLeast("alpha", 0),
          ParameterSpec.between("l1_ratio", 0, 1));

  private static final List<ParameterSpec> STEPS =
      List.of(
          ParameterSpec.choice("learning_rate", "constant", "optimal", "invscaling", "adaptive"),
          ParameterSpec.atLeast("eta0", 0),
          ParameterSpec.number("power_t"),
          ParameterSpec.atLeast("epsilon", 0),
          AVERAGE);

  private static final List<ParameterSpec> CLASSES = List.of(ParameterSpec.classWeight(), JOBS);

  private static final List<ParameterSpec> AGGRESSIVE =
      List.of(ParameterSpec.positive("C"), AVERAGE);

  static final List<ParameterSpec> SGD_REGRESSION =
      all(
          List.of(
              ParameterSpec.choice(
                  "loss",
                  "squared_error",
                  "huber",
                  "epsilon_insensitive",
                  "squared_epsilon_insensitive")),
          PENALTY,
          STEPS,
          COMMON);

  static final List<ParameterSpec> SGD_CLASSIFICATION =
      all(
          List.of(
              ParameterSpec.choice(
                  "loss",
                  "hinge",
                  "log_loss",
                  "log",
                  "modified_huber",
                  "squared_hinge",
                  "perceptron",
                  "squared_error",
                  "huber",
                  "epsilon_insensitive",
                  "squared_epsilon_insensitive")),
          PENALTY,
          STEPS,
          CLASSES,
          COMMON);

  static final List<ParameterSpec> PERCEPTRON =
      all(PENALTY, List.of(ParameterSpec.positive("eta0")), CLASSES, COMMON);

  static final List<ParameterSpec> PASSIVE_REGRESSION =
      all(
          List.of(
              ParameterSpec.choice("loss", "epsilon_insensitive", "squared_epsilon_insensitive"),
              ParameterSpec.atLeast("epsilon", 0)),
          AGGRESSIVE,
          COMMON);

  static final List<ParameterSpec> PASSIVE_CLASSIFICATION =
      all(
          List.of(ParameterSpec.choice("loss", "hinge", "squared_hinge")),
          AGGRESSIVE,
          CLASSES,
          COMMON);

  private OnlineParameters() {}

  /** The row from which on weights are averaged; 0 for never. */
  static long average(Parameters parameters) {
    return switch (parameters.raw("average")) {
      case Boolean average -> average ? 1 : 0;
      case Long from -> from;
      case null, default -> 0;
    };
  }

  /** tol; null is never. */
  static double tolerance(Parameters parameters) {
    boolean never = parameters.given("tol") && !parameters.has("tol");
    return never ? Double.NEGATIVE_INFINITY : parameters.real("tol", 1e-3);
  }

  /** penalty; null is none. */
  static String penalty(Parameters parameters, String otherwise) {
    return parameters.given("penalty") ? parameters.choice("penalty", "none") : otherwise;
  }

  @SafeVarargs
  private static List<ParameterSpec> all(List<ParameterSpec>... parts) {
    return Stream.of(parts).flatMap(List::stream).toList();
  }
}
