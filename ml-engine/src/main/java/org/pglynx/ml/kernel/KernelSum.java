package org.pglynx.ml.kernel;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.ModelInfo;
import org.pglynx.ml.algo.NestedModels;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.registry.PayloadReader;
import org.pglynx.ml.registry.PayloadWriter;

/** Regression by a weighted sum of the kernel at stored rows. */
final class KernelSum extends StoredModel {
  private final KernelFunction kernel;
  private final float[] rows;
  private final double[] coefficients;
  private final double bias;

  private KernelSum(
      ModelInfo info, KernelFunction kernel, float[] rows, double[] coefficients, double bias) {
    super(info);
    this.kernel = kernel;
    this.rows = rows;
    this.coefficients = coefficients;
    this.bias = bias;
  }

  /** The sum over all rows of the table whose coefficient is not 0. */
  static KernelSum of(
      TrainingTable table, KernelFunction kernel, double[] coefficients, double bias) {
    int p = table.width();
    int count = (int) Arrays.stream(coefficients).filter(c -> c != 0).count();
    float[] rows = new float[count * p];
    double[] kept = new double[count];
    int at = 0;
    for (int i = 0; i < coefficients.length; i++) {
      if (coefficients[i] != 0) {
        System.arraycopy(table.x(), i * p, rows, at * p, p);
        kept[at++] = coefficients[i];
      }
    }
    return new KernelSum(table.info(), kernel, rows, kept, bias);
  }

  @Override
  public float predict(float[] row, int offset) {
    return (float) value(row, offset);
  }

  double value(float[] row, int offset) {
    int p = featureCount();
    double sum = bias;
    for (int i = 0; i < coefficients.length; i++) {
      sum += coefficients[i] * kernel.apply(rows, i * p, row, offset, p);
    }
    return sum;
  }

  @Override
  public long sizeBytes() {
    return info().sizeBytes() + 4L * rows.length + 8L * coefficients.length;
  }

  @Override
  public @Nullable String notInSql() {
    return "it compares each row with the rows that support it, by a kernel";
  }

  @Override
  public void write(PayloadWriter out, NestedModels nested) {
    kernel.write(out);
    out.writeFloats(rows);
    out.writeDoubles(coefficients);
    out.writeDoubles(new double[] {bias});
  }

  static KernelSum read(ModelInfo info, PayloadReader in, NestedModels nested) {
    KernelFunction kernel = KernelFunction.read(in);
    float[] rows = in.readFloats();
    double[] coefficients = in.readDoubles();
    double[] bias = in.readDoubles();
    in.require(info.task() == Task.REGRESSION && bias.length == 1, "a sum of kernels");
    in.require(
        rows.length == (long) coefficients.length * info.features().size(), "rows are missing");
    return new KernelSum(info, kernel, rows, coefficients, bias[0]);
  }
}
