package org.pglynx.ml.linear;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;

/** The hyperparameters that linear algorithms share, under scikit-learn's names. */
public final class LinearParameters {
  public static final ParameterSpec FIT_INTERCEPT = ParameterSpec.flag("fit_intercept");
  public static final ParameterSpec MAX_ITER = ParameterSpec.whole("max_iter", 1, 10_000_000);
  public static final ParameterSpec TOL = ParameterSpec.atLeast("tol", 0);
  public static final ParameterSpec RANDOM_STATE =
      ParameterSpec.wholeOrNull("random_state", 0, 0xFFFF_FFFFL, "seed");
  public static final ParameterSpec JOBS = ParameterSpec.wholeOrNull("n_jobs", -1, 1024);

  private LinearParameters() {}

  /** A list of some more. */
  public static List<ParameterSpec> with(ParameterSpec... specs) {
    List<ParameterSpec> all = new ArrayList<>(List.of(FIT_INTERCEPT));
    all.addAll(Stream.of(specs).toList());
    return List.copyOf(all);
  }

  /** A list of some more, and others. */
  public static List<ParameterSpec> with(List<ParameterSpec> others, ParameterSpec... specs) {
    List<ParameterSpec> all = new ArrayList<>(with(specs));
    all.addAll(others);
    return List.copyOf(all);
  }

  /** Whether there is an intercept. */
  public static boolean intercept(Parameters parameters) {
    return parameters.flag("fit_intercept", true);
  }

  /** random_state, or the seed of the training. */
  public static long seed(Parameters parameters, FitContext context) {
    return parameters.longWhole("random_state", context.seed());
  }
}
