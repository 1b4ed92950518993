package org.pglynx.ml.online;

import java.util.Locale;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.Link;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.linear.LinearParameters;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;

/** Stochastic gradient descent, the perceptron and passive aggressive, as scikit-learn has them. */
final class OnlineTrainers {
  private OnlineTrainers() {}

  static StoredModel sgdRegression(TrainingTable table, Parameters parameters, FitContext context) {
    String loss = parameters.choice("loss", "squared_error");
    Settings settings = descent(parameters, loss, "invscaling", 0.01, 0.25);
    return OneVersusRest.regression(table, settings, seed(parameters, context), context);
  }

  static StoredModel sgdClassification(
      TrainingTable table, Parameters parameters, FitContext context) {
    String loss = parameters.choice("loss", "hinge");
    Settings settings = descent(parameters, loss, "optimal", 0, 0.5);
    long seed = seed(parameters, context);
    OneVersusRest.Links links =
        switch (settings.loss()) {
          case LOG -> new OneVersusRest.Links(Link.LOGISTIC, Link.ONE_VS_REST);
          case MODIFIED_HUBER -> new OneVersusRest.Links(Link.CLIPPED, Link.CLIPPED_ONE_VS_REST);
          case HINGE, SQUARED_HINGE, SQUARED, HUBER, INSENSITIVE, SQUARED_INSENSITIVE ->
              OneVersusRest.Links.SIGNS;
        };
    return OneVersusRest.classification(table, settings, links, parameters, seed, context);
  }

  /** Its random_state is 0 by default, as in scikit-learn. */
  static StoredModel perceptron(TrainingTable table, Parameters parameters, FitContext context) {
    String penalty = OnlineParameters.penalty(parameters, "none");
    Settings settings =
        settings(
            parameters,
            Loss.HINGE,
            0,
            Step.CONSTANT,
            parameters.real("eta0", 1),
            0.5,
            1,
            parameters.real("alpha", 1e-4),
            penalty);
    long seed = parameters.longWhole("random_state", 0);
    return OneVersusRest.classification(
        table, settings, OneVersusRest.Links.SIGNS, parameters, seed, context);
  }

  static StoredModel passiveRegression(
      TrainingTable table, Parameters parameters, FitContext context) {
    boolean cut = parameters.choice("loss", "epsilon_insensitive").equals("epsilon_insensitive");
    Settings settings = passive(parameters, Loss.INSENSITIVE, parameters.real("epsilon", 0.1), cut);
    return OneVersusRest.regression(table, settings, seed(parameters, context), context);
  }

  static StoredModel passiveClassification(
      TrainingTable table, Parameters parameters, FitContext context) {
    boolean cut = parameters.choice("loss", "hinge").equals("hinge");
    Settings settings = passive(parameters, Loss.HINGE, 1, cut);
    long seed = seed(parameters, context);
    return OneVersusRest.classification(
        table, settings, OneVersusRest.Links.SIGNS, parameters, seed, context);
  }

  private static long seed(Parameters parameters, FitContext context) {
    return LinearParameters.seed(parameters, context);
  }

  private static Settings descent(
      Parameters parameters, String loss, String rate, double eta0, double powerT) {
    double epsilon = parameters.real("epsilon", 0.1);
    Step step = Step.valueOf(parameters.choice("learning_rate", rate).toUpperCase(Locale.ROOT));
    double alpha = parameters.real("alpha", 1e-4);
    double first = parameters.real("eta0", eta0);
    if (step == Step.OPTIMAL && alpha == 0) {
      throw new MlException(
          Kind.BAD_HYPERPARAMETER,
          "alpha must be greater than zero: learning_rate \"optimal\" divides by it",
          "Use another learning_rate and eta0.");
    }
    if (step != Step.OPTIMAL && first == 0) {
      throw new MlException(
          Kind.BAD_HYPERPARAMETER,
          "eta0 must be greater than zero: only learning_rate \"optimal\" goes without it",
          "Give eta0, for instance 0.01.");
    }
    return settings(
        parameters,
        loss(loss),
        width(loss, epsilon),
        step,
        first,
        parameters.real("power_t", powerT),
        1,
        alpha,
        OnlineParameters.penalty(parameters, "l2"));
  }

  private static Settings passive(Parameters parameters, Loss loss, double width, boolean cut) {
    double c = parameters.real("C", 1);
    Step step = cut ? Step.PASSIVE : Step.PASSIVE_SOFT;
    return settings(parameters, loss, width, step, 1, 0.5, c, 0, "none");
  }

  private static Settings settings(
      Parameters parameters,
      Loss loss,
      double width,
      Step step,
      double eta0,
      double powerT,
      double aggressiveness,
      double alpha,
      String penalty) {
    double ratio =
        switch (penalty) {
          case "l1" -> 1;
          case "elasticnet" -> parameters.real("l1_ratio", 0.15);
          default -> 0;
        };
    return new Settings(
        loss,
        width,
        step,
        eta0,
        powerT,
        aggressiveness,
        alpha,
        penalty.equals("l2") || penalty.equals("elasticnet"),
        penalty.equals("l1") || penalty.equals("elasticnet"),
        ratio,
        LinearParameters.intercept(parameters),
        parameters.flag("shuffle", true),
        parameters.whole("max_iter", 1000),
        OnlineParameters.tolerance(parameters),
        parameters.whole("n_iter_no_change", 5),
        OnlineParameters.average(parameters),
        parameters.flag("early_stopping", false),
        parameters.real("validation_fraction", 0.1));
  }

  private static Loss loss(String name) {
    return switch (name) {
      case "hinge", "perceptron" -> Loss.HINGE;
      case "squared_hinge" -> Loss.SQUARED_HINGE;
      case "log_loss", "log" -> Loss.LOG;
      case "modified_huber" -> Loss.MODIFIED_HUBER;
      case "squared_error" -> Loss.SQUARED;
      case "huber" -> Loss.HUBER;
      case "epsilon_insensitive" -> Loss.INSENSITIVE;
      case "squared_epsilon_insensitive" -> Loss.SQUARED_INSENSITIVE;
      default -> throw new IllegalStateException("loss " + name);
    };
  }

  private static double width(String loss, double epsilon) {
    return switch (loss) {
      case "perceptron" -> 0;
      case "hinge", "squared_hinge" -> 1;
      default -> epsilon;
    };
  }
}
