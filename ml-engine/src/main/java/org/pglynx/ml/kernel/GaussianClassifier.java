package org.pglynx.ml.kernel;

import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.ModelInfo;
import org.pglynx.ml.algo.NestedModels;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.registry.PayloadReader;
import org.pglynx.ml.registry.PayloadWriter;

/**
 * A Gaussian process classifier: one machine for two classes, else one per class against the rest.
 * A probability integrates the logistic function over the latent normal distribution, by five error
 * functions that come close to it (Williams, Barber 1998), as scikit-learn does. A prediction
 * allocates two numbers per training row.
 */
final class GaussianClassifier extends StoredModel {
  private static final double[] LAMBDAS = {0.41, 0.4, 0.37, 0.44, 0.39};
  private static final double[] SHARES = {
    -1854.8214151, 3516.89893646, 221.29346712, 128.12323805, -2010.49422654
  };

  /**
   * What one binary classifier learnt.
   *
   * @param residual label minus probability of each row
   * @param root roots of the curvatures
   * @param lower packed rows of the factor
   */
  record Machine(ScaledKernel kernel, double[] residual, double[] root, double[] lower) {}

  private final float[] rows;
  private final Machine[] machines;

  GaussianClassifier(ModelInfo info, float[] rows, Machine[] machines) {
    super(info);
    this.rows = rows;
    this.machines = machines;
  }

  @Override
  public float predict(float[] row, int offset) {
    if (machines.length == 1) {
      double[] k = covariance(machines[0], row, offset);
      return latent(machines[0], k) > 0 ? 1 : 0;
    }
    int best = 0;
    double most = -1;
    for (int m = 0; m < machines.length; m++) {
      double probability = probability(machines[m], row, offset);
      if (probability > most) {
        most = probability;
        best = m;
      }
    }
    return best;
  }

  @Override
  public void predictProba(float[] row, int offset, float[] out, int outOffset) {
    if (machines.length == 1) {
      double probability = probability(machines[0], row, offset);
      out[outOffset] = (float) (1 - probability);
      out[outOffset + 1] = (float) probability;
      return;
    }
    double sum = 0;
    for (int m = 0; m < machines.length; m++) {
      double probability = probability(machines[m], row, offset);
      out[outOffset + m] = (float) probability;
      sum += probability;
    }
    for (int m = 0; m < machines.length; m++) {
      out[outOffset + m] = sum > 0 ? (float) (out[outOffset + m] / sum) : 1f / machines.length;
    }
  }

  private double[] covariance(Machine machine, float[] row, int offset) {
    int p = featureCount();
    KernelFunction kernel = machine.kernel().function();
    double[] k = new double[machine.residual().length];
    for (int i = 0; i < k.length; i++) {
      k[i] = machine.kernel().constant() * kernel.apply(rows, i * p, row, offset, p);
    }
    return k;
  }

  private static double latent(Machine machine, double[] k) {
    return PackedCholesky.dot(k, machine.residual(), k.length);
  }

  private double probability(Machine machine, float[] row, int offset) {
    double[] k = covariance(machine, row, offset);
    double latent = latent(machine, k);
    double variance = Math.max(0, machine.kernel().constant() - explained(machine, k));
    double probability = 0;
    for (int i = 0; i < LAMBDAS.length; i++) {
      double scale = Math.sqrt(1 + 2 * LAMBDAS[i] * LAMBDAS[i] * variance);
      probability += SHARES[i] * (1 + erf(LAMBDAS[i] * latent / scale)) / 2;
    }
    return Math.clamp(probability, 0, 1);
  }

  /** The part of the variance that the training rows explain; overwrites k. */
  private static double explained(Machine machine, double[] k) {
    double sum = 0;
    double[] lower = machine.lower();
    for (int i = 0, at = 0; i < k.length; i++) {
      double v = machine.root()[i] * k[i];
      for (int j = 0; j < i; j++) {
        v -= lower[at++] * k[j];
      }
      k[i] = v / lower[at++];
      sum += k[i] * k[i];
    }
    return sum;
  }

  /** The error function by the series e^−x² Σ 2ⁿ x²ⁿ⁺¹ / (2n+1)!!, whose terms have one sign. */
  static double erf(double x) {
    if (Math.abs(x) > 6) {
      return Math.signum(x);
    }
    double term = x;
    double sum = x;
    for (int n = 1; Math.abs(term) > Math.abs(sum) * 1e-17 && n < 500; n++) {
      term *= 2 * x * x / (2 * n + 1);
      sum += term;
    }
    return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
  }

  @Override
  public long sizeBytes() {
    long size = info().sizeBytes() + 4L * rows.length;
    for (Machine machine : machines) {
      size += 8L * (2L * machine.residual().length + machine.lower().length);
    }
    return size;
  }

  @Override
  public @Nullable String notInSql() {
    return "it compares each row with all rows that it learnt, by a kernel";
  }

  @Override
  public void write(PayloadWriter out, NestedModels nested) {
    out.writeFloats(rows);
    out.writeByte(machines[0].kernel().kind().ordinal());
    for (Machine machine : machines) {
      out.writeDoubles(new double[] {machine.kernel().constant(), machine.kernel().length()});
      out.writeDoubles(machine.residual());
      out.writeDoubles(machine.root());
      out.writeDoubles(machine.lower());
    }
  }

  static GaussianClassifier read(ModelInfo info, PayloadReader in, NestedModels nested) {
    float[] rows = in.readFloats();
    KernelFunction.Kind kind = in.readConstant(KernelFunction.Kind.values());
    int classes = info.classes().count();
    in.require(info.task() == Task.CLASSIFICATION && classes > 1, "its classes");
    Machine[] machines = new Machine[classes == 2 ? 1 : classes];
    for (int m = 0; m < machines.length; m++) {
      machines[m] = readMachine(in, kind, rows.length / info.features().size());
    }
    return new GaussianClassifier(info, rows, machines);
  }

  private static Machine readMachine(PayloadReader in, KernelFunction.Kind kind, int count) {
    double[] numbers = in.readDoubles();
    double[] residual = in.readDoubles();
    double[] root = in.readDoubles();
    double[] lower = in.readDoubles();
    in.require(numbers.length == 2 && numbers[0] > 0 && numbers[1] > 0, "a kernel");
    in.require(residual.length == count && root.length == count, "rows are missing");
    in.require(lower.length == count * (count + 1L) / 2, "a factor");
    return new Machine(new ScaledKernel(kind, numbers[0], numbers[1]), residual, root, lower);
  }
}
