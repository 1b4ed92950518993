package org.pglynx.ml.linear;

import org.pglynx.ml.algo.Link;
import org.pglynx.ml.algo.ModelInfo;
import org.pglynx.ml.algo.NestedModels;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.registry.PayloadReader;
import org.pglynx.ml.registry.PayloadWriter;

/** One or more weighted sums of the features, in double precision, and a link. */
final class LinearModel extends StoredModel {
  private final Link link;
  private final double[] weights;
  private final double[] intercepts;

  /**
   * A linear model.
   *
   * @param weights outputs × features
   * @param intercepts one per output
   */
  LinearModel(ModelInfo info, Link link, double[] weights, double[] intercepts) {
    super(info);
    this.link = link;
    this.weights = weights;
    this.intercepts = intercepts;
  }

  double[] weights() {
    return weights.clone();
  }

  double[] intercepts() {
    return intercepts.clone();
  }

  @Override
  public boolean providesProbabilities() {
    return link.probabilities();
  }

  @Override
  public float predict(float[] row, int offset) {
    if (intercepts.length == 1) {
      return link.predict((float) score(0, row, offset));
    }
    int best = 0;
    double max = score(0, row, offset);
    for (int k = 1; k < intercepts.length; k++) {
      double score = score(k, row, offset);
      if (score > max) {
        max = score;
        best = k;
      }
    }
    return best;
  }

  @Override
  public void predictProba(float[] row, int offset, float[] out, int outOffset) {
    if (!link.probabilities()) {
      super.predictProba(row, offset, out, outOffset);
    } else if (intercepts.length == 1) {
      Link.logistic((float) score(0, row, offset), out, outOffset);
    } else {
      for (int k = 0; k < intercepts.length; k++) {
        out[outOffset + k] = (float) score(k, row, offset);
      }
      Link.softmax(out, outOffset, intercepts.length);
    }
  }

  @Override
  public long sizeBytes() {
    return info().sizeBytes() + 8L * (weights.length + intercepts.length);
  }

  private double score(int output, float[] row, int offset) {
    int p = featureCount();
    int w = output * p;
    double sum = intercepts[output];
    for (int j = 0; j < p; j++) {
      sum += weights[w + j] * row[offset + j];
    }
    return sum;
  }

  @Override
  public void write(PayloadWriter out, NestedModels nested) {
    out.writeByte(link.ordinal());
    out.writeDoubles(weights);
    out.writeDoubles(intercepts);
  }

  static LinearModel read(ModelInfo info, PayloadReader in, NestedModels nested) {
    Link link = in.readConstant(Link.values());
    double[] weights = in.readDoubles();
    double[] intercepts = in.readDoubles();
    in.require(
        weights.length == (long) intercepts.length * info.features().size(), "weights are missing");
    link.requireOutputs(in, info, intercepts.length);
    return new LinearModel(info, link, weights, intercepts);
  }
}
