package org.pglynx.ml.kernel;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.ModelInfo;
import org.pglynx.ml.algo.NestedModels;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.registry.PayloadReader;
import org.pglynx.ml.registry.PayloadWriter;

/**
 * Support vector machines between all pairs of classes, which vote; the earlier class wins a tie. A
 * support row has one coefficient for each other class, in their order.
 */
final class SvcModel extends StoredModel {
  /** LIBSVM keeps probabilities of pairs off 0 and 1 by this. */
  private static final double LEAST_PROBABILITY = 1e-7;

  private final KernelFunction kernel;
  private final float[] rows;
  private final int[] classOf;
  private final double[] coefficients;
  private final double[] biases;
  private final double[] scaling;

  /**
   * A model.
   *
   * @param rows the support rows, row-major
   * @param classOf the class of each
   * @param coefficients support rows × (classes − 1)
   * @param biases one for each pair (0, 1), (0, 2), …, (1, 2), …
   * @param scaling Platt's slope and offset for each pair, or empty without probabilities
   */
  SvcModel(
      ModelInfo info,
      KernelFunction kernel,
      float[] rows,
      int[] classOf,
      double[] coefficients,
      double[] biases,
      double[] scaling) {
    super(info);
    this.kernel = kernel;
    this.rows = rows;
    this.classOf = classOf;
    this.coefficients = coefficients;
    this.biases = biases;
    this.scaling = scaling;
  }

  @Override
  public boolean providesProbabilities() {
    return scaling.length > 0;
  }

  @Override
  public float predict(float[] row, int offset) {
    double[] decisions = decisions(row, offset);
    int[] votes = new int[classes().count()];
    int pair = 0;
    for (int a = 0; a < votes.length; a++) {
      for (int b = a + 1; b < votes.length; b++) {
        votes[decisions[pair++] > 0 ? a : b]++;
      }
    }
    int best = 0;
    for (int c = 1; c < votes.length; c++) {
      best = votes[c] > votes[best] ? c : best;
    }
    return best;
  }

  /** For each pair, above 0 for its first class. */
  double[] decisions(float[] row, int offset) {
    int p = featureCount();
    int classes = classes().count();
    double[] decisions = biases.clone();
    for (int i = 0, at = 0; i < classOf.length; i++) {
      double value = kernel.apply(rows, i * p, row, offset, p);
      int own = classOf[i];
      for (int other = 0; other < classes; other++) {
        if (other != own) {
          decisions[pair(Math.min(own, other), Math.max(own, other), classes)] +=
              coefficients[at++] * value;
        }
      }
    }
    return decisions;
  }

  private static int pair(int first, int second, int classes) {
    return first * (2 * classes - first - 1) / 2 + second - first - 1;
  }

  @Override
  public void predictProba(float[] row, int offset, float[] out, int outOffset) {
    if (scaling.length == 0) {
      throw new MlException(
          MlException.Kind.UNSUPPORTED_TASK,
          "Algorithm \"" + algorithm() + "\" was trained without probabilities",
          "Use pgml.predict, or train with hyperparams => '{\"probability\": true}'.");
    }
    int classes = classes().count();
    double[] probabilities = probabilities(decisions(row, offset), classes);
    for (int c = 0; c < classes; c++) {
      out[outOffset + c] = (float) probabilities[c];
    }
  }

  private double[] probabilities(double[] decisions, int classes) {
    double[] pairs = new double[classes * classes];
    for (int a = 0; a < classes; a++) {
      for (int b = a + 1; b < classes; b++) {
        int pair = pair(a, b, classes);
        PlattScaling platt = new PlattScaling(scaling[2 * pair], scaling[2 * pair + 1]);
        double probability = platt.probability(decisions[pair]);
        probability = Math.clamp(probability, LEAST_PROBABILITY, 1 - LEAST_PROBABILITY);
        pairs[a * classes + b] = probability;
        pairs[b * classes + a] = 1 - probability;
      }
    }
    return classes == 2 ? new double[] {pairs[1], pairs[2]} : PairCoupling.couple(pairs, classes);
  }

  @Override
  public long sizeBytes() {
    long numbers = (long) coefficients.length + biases.length + scaling.length;
    return info().sizeBytes() + 4L * (rows.length + classOf.length) + 8 * numbers;
  }

  @Override
  public @Nullable String notInSql() {
    return "it compares each row with the rows that support it, by a kernel";
  }

  @Override
  public void write(PayloadWriter out, NestedModels nested) {
    kernel.write(out);
    out.writeFloats(rows);
    out.writeInts(classOf);
    out.writeDoubles(coefficients);
    out.writeDoubles(biases);
    out.writeDoubles(scaling);
  }

  static SvcModel read(ModelInfo info, PayloadReader in, NestedModels nested) {
    KernelFunction kernel = KernelFunction.read(in);
    float[] rows = in.readFloats();
    int[] classOf = in.readInts();
    double[] coefficients = in.readDoubles();
    double[] biases = in.readDoubles();
    double[] scaling = in.readDoubles();
    int classes = info.classes().count();
    long pairs = classes * (classes - 1L) / 2;
    in.require(info.task() == Task.CLASSIFICATION && biases.length == pairs, "pairs of classes");
    in.require(scaling.length == 0 || scaling.length == 2 * pairs, "scales of probabilities");
    in.require(rows.length == (long) classOf.length * info.features().size(), "support rows");
    in.require(coefficients.length == classOf.length * (classes - 1L), "coefficients");
    in.require(Arrays.stream(classOf).allMatch(c -> c >= 0 && c < classes), "a class index");
    return new SvcModel(info, kernel, rows, classOf, coefficients, biases, scaling);
  }
}
