package org.pglynx.ml.kernel;

import java.util.ArrayList;
import java.util.List;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.TrainingTable;

/** The hyperparameters of support vector machines; names and defaults are scikit-learn's. */
final class SvmParameters {
  private static final int MEGABYTE = 1 << 20;

  /** LIBSVM's bound on steps where users set none. */
  private static final long LEAST_MAX_ITERATIONS = 10_000_000;

  private static final List<ParameterSpec> COMMON =
      List.of(
          ParameterSpec.choice("kernel", "rbf", "linear", "poly", "sigmoid"),
          ParameterSpec.whole("degree", 0, 100),
          ParameterSpec.positiveOr("gamma", "scale", "auto"),
          ParameterSpec.number("coef0"),
          ParameterSpec.positive("tol"),
          ParameterSpec.flag("shrinking"),
          ParameterSpec.between("cache_size", 1, 4096),
          ParameterSpec.whole("max_iter", -1, Integer.MAX_VALUE));

  private static final List<ParameterSpec> CLASSIFYING =
      List.of(
          ParameterSpec.flag("probability"),
          ParameterSpec.choice("decision_function_shape", "ovr", "ovo"),
          ParameterSpec.whole("random_state", 0, Long.MAX_VALUE).orNull());

  static final List<ParameterSpec> SVC =
      joined(ParameterSpec.positive("C"), CLASSIFYING, ParameterSpec.classWeight());
  static final List<ParameterSpec> NU_SVC = joined(ParameterSpec.share("nu"), CLASSIFYING);
  static final List<ParameterSpec> SVR =
      joined(ParameterSpec.positive("C"), List.of(), ParameterSpec.atLeast("epsilon", 0));
  static final List<ParameterSpec> NU_SVR =
      joined(ParameterSpec.share("nu"), List.of(), ParameterSpec.positive("C"));

  private SvmParameters() {}

  private static List<ParameterSpec> joined(
      ParameterSpec first, List<ParameterSpec> more, ParameterSpec... last) {
    List<ParameterSpec> all = new ArrayList<>(List.of(first));
    all.addAll(COMMON);
    all.addAll(more);
    all.addAll(List.of(last));
    return List.copyOf(all);
  }

  static KernelFunction kernel(Parameters parameters, TrainingTable table) {
    KernelFunction.Kind kind =
        switch (parameters.choice("kernel", "rbf")) {
          case "linear" -> KernelFunction.Kind.LINEAR;
          case "poly" -> KernelFunction.Kind.POLY;
          case "sigmoid" -> KernelFunction.Kind.SIGMOID;
          default -> KernelFunction.Kind.RBF;
        };
    return new KernelFunction(
        kind, gamma(parameters, table), parameters.real("coef0", 0), parameters.whole("degree", 3));
  }

  private static double gamma(Parameters parameters, TrainingTable table) {
    if (parameters.raw("gamma") instanceof Double number) {
      return number;
    }
    double spread = parameters.choice("gamma", "scale").equals("auto") ? 1 : variance(table.x());
    return 1 / (table.width() * (spread > 0 ? spread : 1));
  }

  /** Of all cells, as scikit-learn's 'scale' has it. */
  private static double variance(float[] cells) {
    double sum = 0;
    for (float cell : cells) {
      sum += cell;
    }
    double mean = sum / cells.length;
    double squares = 0;
    for (float cell : cells) {
      squares += (cell - mean) * (cell - mean);
    }
    return squares / cells.length;
  }

  static Smo.Limits limits(Parameters parameters, TrainingTable table, FitContext context) {
    int given = parameters.whole("max_iter", -1);
    long most = given > 0 ? given : Math.max(LEAST_MAX_ITERATIONS, 100L * table.rows());
    return new Smo.Limits(parameters.real("tol", 1e-3), most, context.cancel());
  }

  static long cacheBytes(Parameters parameters) {
    return (long) (parameters.real("cache_size", 200) * MEGABYTE);
  }
}
