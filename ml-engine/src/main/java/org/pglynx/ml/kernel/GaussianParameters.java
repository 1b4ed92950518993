package org.pglynx.ml.kernel;

import java.util.ArrayList;
import java.util.List;
import org.pglynx.ml.algo.Domain;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.model.MlException;

/**
 * The hyperparameters of Gaussian processes. scikit-learn's kernels are objects, which JSON has
 * not; so the kernel has a name, and its numbers are hyperparameters of their own. Without a kernel
 * it is scikit-learn's default, 1·RBF(1), whose numbers stay as they are. With one, its numbers are
 * where the search for the most likely ones starts, unless {@code optimizer} is null.
 */
final class GaussianParameters {
  private static final List<ParameterSpec> COMMON =
      List.of(
          ParameterSpec.choice("kernel", "rbf", "matern").orNull(),
          ParameterSpec.between("constant_value", 1e-5, 1e5),
          ParameterSpec.between("length_scale", 1e-5, 1e5),
          new ParameterSpec("nu", List.of(), new Domain.Real(0, false, 2.5)),
          ParameterSpec.choice("optimizer", "fmin_l_bfgs_b").orNull(),
          ParameterSpec.whole("n_restarts_optimizer", 0, 100),
          ParameterSpec.whole("random_state", 0, Long.MAX_VALUE).orNull());

  static final List<ParameterSpec> REGRESSION =
      joined(ParameterSpec.atLeast("alpha", 0), ParameterSpec.flag("normalize_y"));
  static final List<ParameterSpec> CLASSIFICATION =
      joined(
          ParameterSpec.whole("max_iter_predict", 1, 100_000),
          ParameterSpec.choice("multi_class", "one_vs_rest"));

  private GaussianParameters() {}

  private static List<ParameterSpec> joined(ParameterSpec... own) {
    List<ParameterSpec> all = new ArrayList<>(COMMON);
    all.addAll(List.of(own));
    return List.copyOf(all);
  }

  static ScaledKernel start(Parameters parameters) {
    KernelFunction.Kind kind = KernelFunction.Kind.RBF;
    if (parameters.choice("kernel", "rbf").equals("matern")) {
      kind = matern(parameters.real("nu", 1.5));
    }
    return new ScaledKernel(
        kind, parameters.real("constant_value", 1), parameters.real("length_scale", 1));
  }

  private static KernelFunction.Kind matern(double nu) {
    if (nu == 0.5) {
      return KernelFunction.Kind.MATERN_1;
    }
    if (nu == 1.5) {
      return KernelFunction.Kind.MATERN_3;
    }
    if (nu == 2.5) {
      return KernelFunction.Kind.MATERN_5;
    }
    throw new MlException(
        MlException.Kind.BAD_HYPERPARAMETER,
        "invalid value for hyperparameter \"nu\": " + nu,
        "Algorithm \"gaussian_process\" expects 0.5, 1.5 or 2.5.");
  }

  /** Whether the kernel's numbers are looked for. */
  static boolean searches(Parameters parameters) {
    boolean off = parameters.given("optimizer") && !parameters.has("optimizer");
    return parameters.has("kernel") && !off;
  }
}
