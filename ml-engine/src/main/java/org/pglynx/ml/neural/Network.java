package org.pglynx.ml.neural;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.ModelInfo;
import org.pglynx.ml.algo.NestedModels;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.registry.PayloadReader;
import org.pglynx.ml.registry.PayloadWriter;
import org.pglynx.ml.sql.Dense;
import org.pglynx.ml.sql.Shares;
import org.pglynx.ml.sql.Sql;
import org.pglynx.ml.sql.SqlBlock;
import org.pglynx.ml.sql.SqlFunction;

/** A feed-forward network. A prediction allocates two arrays as long as the widest layer. */
final class Network extends StoredModel {
  private static final int MOST_LAYERS = 32;

  private final Layout layout;
  private final Activation activation;
  private final Output output;
  private final double[] numbers;

  Network(ModelInfo info, Layout layout, Activation activation, Output output, double[] numbers) {
    super(info);
    this.layout = layout;
    this.activation = activation;
    this.output = output;
    this.numbers = numbers;
  }

  @Override
  public float predict(float[] row, int offset) {
    double[] sums = sums(row, offset);
    if (output == Output.VALUE) {
      return (float) sums[0];
    }
    if (output == Output.LOGISTIC) {
      return sums[0] > 0 ? 1 : 0;
    }
    int best = 0;
    for (int c = 1; c < layout.outputs(); c++) {
      best = sums[c] > sums[best] ? c : best;
    }
    return best;
  }

  @Override
  public void predictProba(float[] row, int offset, float[] out, int outOffset) {
    if (output == Output.VALUE) {
      super.predictProba(row, offset, out, outOffset);
      return;
    }
    double[] sums = sums(row, offset);
    if (output == Output.LOGISTIC) {
      double probability = 1 / (1 + Math.exp(-sums[0]));
      out[outOffset] = (float) (1 - probability);
      out[outOffset + 1] = (float) probability;
      return;
    }
    Output.softmax(sums, layout.outputs());
    for (int c = 0; c < layout.outputs(); c++) {
      out[outOffset + c] = (float) sums[c];
    }
  }

  private double[] sums(float[] row, int offset) {
    double[] in = new double[layout.widest()];
    double[] out = new double[in.length];
    for (int j = 0; j < layout.inputs(0); j++) {
      in[j] = row[offset + j];
    }
    int last = layout.layers() - 1;
    for (int l = 0; l <= last; l++) {
      layout.sums(numbers, l, in, out);
      for (int u = 0; l < last && u < layout.units(l); u++) {
        out[u] = activation.of(out[u]);
      }
      double[] swap = in;
      in = out;
      out = swap;
    }
    return in;
  }

  @Override
  public long sizeBytes() {
    return info().sizeBytes() + 8L * numbers.length;
  }

  @Override
  public @Nullable String notInSql() {
    return Dense.tooLarge(numbers.length);
  }

  @Override
  public void writeSql(SqlFunction out, List<String> row) {
    List<String> sums = writeSums(out.common(), row);
    switch (output) {
      case VALUE -> out.predict(Sql.toReal(sums.getFirst()));
      case LOGISTIC -> {
        String above = Sql.more(sums.getFirst(), Sql.number(0));
        out.predict(Sql.when(above, Sql.real(1), Sql.real(0)));
        new Shares(out).ofLogit(sums.getFirst());
      }
      case SOFTMAX -> {
        out.predict(out.value().indexOfLargest(sums));
        new Shares(out).ofLogarithms(sums);
      }
    }
  }

  private List<String> writeSums(SqlBlock out, List<String> row) {
    List<String> values = row;
    int last = layout.layers() - 1;
    for (int l = 0; l <= last; l++) {
      int units = layout.units(l);
      int inputs = layout.inputs(l);
      double[] weights = new double[units * inputs];
      for (int u = 0; u < units; u++) {
        for (int i = 0; i < inputs; i++) {
          weights[u * inputs + i] = numbers[layout.weights(l) + i * units + u];
        }
      }
      int from = layout.intercepts(l);
      double[] intercepts = Arrays.copyOfRange(numbers, from, from + units);
      List<String> sums = new Dense(out).sums(weights, intercepts, values);
      values =
          l == last ? sums : sums.stream().map(sum -> out.number(activation.sql(sum))).toList();
    }
    return values;
  }

  @Override
  public void write(PayloadWriter out, NestedModels nested) {
    out.writeInts(layout.sizes());
    out.writeByte(activation.ordinal());
    out.writeDoubles(numbers);
  }

  static Network read(ModelInfo info, PayloadReader in, NestedModels nested) {
    int[] sizes = in.readInts();
    Activation activation = in.readConstant(Activation.values());
    double[] numbers = in.readDoubles();
    in.require(info.task() == Task.REGRESSION || info.task() == Task.CLASSIFICATION, "its task");
    Output output = Output.of(info.task(), info.classes().count());
    in.require(sizes.length >= 2 && sizes.length <= MOST_LAYERS, "its layers");
    for (int size : sizes) {
      in.require(size > 0 && size <= numbers.length, "a layer of " + size);
    }
    in.require(sizes[0] == info.features().size(), "its features");
    in.require(sizes[sizes.length - 1] == output.units(info.classes().count()), "its outputs");
    in.require(Layout.count(sizes) == numbers.length, "numbers are missing");
    return new Network(info, new Layout(sizes), activation, output, numbers);
  }
}
