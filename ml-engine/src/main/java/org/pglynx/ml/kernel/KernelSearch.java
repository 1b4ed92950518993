package org.pglynx.ml.kernel;

import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.data.SeededRandom;
import org.pglynx.ml.linalg.Lbfgs;

/**
 * Finds the constant and length of the greatest likelihood, both between 1e-5 and 1e5 as in
 * scikit-learn. The bounds are kept by a logistic map of the logarithms, so that the search itself
 * has none.
 */
final class KernelSearch {
  /** A likelihood to maximise. */
  @FunctionalInterface
  interface Likelihood {
    /**
     * Its logarithm, negative infinity where there is none.
     *
     * @param gradient gets the derivatives by the logarithms of constant and length
     */
    double of(ScaledKernel kernel, double[] gradient);
  }

  private static final double BOUND = Math.log(1e5);
  private static final int MAX_STEPS = 200;
  private static final double TOLERANCE = 1e-5;

  private final KernelFunction.Kind kind;
  private final Likelihood likelihood;

  private KernelSearch(KernelFunction.Kind kind, Likelihood likelihood) {
    this.kind = kind;
    this.likelihood = likelihood;
  }

  /** The best kernel from the start, and from random places when restarts are wanted. */
  static ScaledKernel best(
      ScaledKernel start, Parameters parameters, FitContext context, Likelihood likelihood) {
    KernelSearch search = new KernelSearch(start.kind(), likelihood);
    SeededRandom random = new SeededRandom(parameters.longWhole("random_state", context.seed()));
    double[] best = search.from(start.constant(), start.length());
    double least = search.evaluate(best, new double[2]);
    int restarts = parameters.whole("n_restarts_optimizer", 0);
    for (int i = 0; i < restarts; i++) {
      context.progress().progress("searches of a kernel", i + 1, restarts + 1);
      double[] found = search.from(somewhere(random), somewhere(random));
      double value = search.evaluate(found, new double[2]);
      if (value < least) {
        least = value;
        best = found;
      }
    }
    return search.kernel(best);
  }

  private static double somewhere(SeededRandom random) {
    return Math.exp(BOUND * (2 * random.nextDouble() - 1));
  }

  private double[] from(double constant, double length) {
    double[] start = {free(constant), free(length)};
    return Lbfgs.minimise(this::evaluate, start, MAX_STEPS, TOLERANCE);
  }

  private double evaluate(double[] z, double[] gradient) {
    double value = likelihood.of(kernel(z), gradient);
    for (int k = 0; k < z.length; k++) {
      double share = share(z[k]);
      gradient[k] *= -2 * BOUND * share * (1 - share);
    }
    return -value;
  }

  private ScaledKernel kernel(double[] z) {
    return new ScaledKernel(kind, bounded(z[0]), bounded(z[1]));
  }

  private static double bounded(double z) {
    return Math.exp(BOUND * (2 * share(z) - 1));
  }

  private static double free(double value) {
    double share = Math.clamp((Math.log(value) / BOUND + 1) / 2, 1e-6, 1 - 1e-6);
    return Math.log(share / (1 - share));
  }

  private static double share(double z) {
    return 1 / (1 + Math.exp(-z));
  }
}
