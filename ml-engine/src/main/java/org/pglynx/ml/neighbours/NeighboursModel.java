package org.pglynx.ml.neighbours;

import java.util.Arrays;
import org.pglynx.ml.algo.ModelInfo;
import org.pglynx.ml.algo.NestedModels;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.registry.PayloadReader;
import org.pglynx.ml.registry.PayloadWriter;

/**
 * Exact k nearest neighbours by Euclidean distance, found by looking at every stored row; among
 * equal distances the earlier row wins. A prediction allocates two arrays of k numbers.
 */
final class NeighboursModel extends StoredModel {
  /** How neighbours vote. */
  enum Weighting {
    /** All alike. */
    UNIFORM,
    /** By the inverse of their distance; neighbours at distance 0 outvote all others. */
    DISTANCE
  }

  private final int k;
  private final Weighting weighting;
  private final float[] rows;
  private final double[] labels;

  /**
   * A model that remembers its training rows.
   *
   * @param rows row-major features
   * @param labels values, or class indexes
   */
  NeighboursModel(ModelInfo info, int k, Weighting weighting, float[] rows, double[] labels) {
    super(info);
    this.k = k;
    this.weighting = weighting;
    this.rows = rows;
    this.labels = labels;
  }

  @Override
  public float predict(float[] row, int offset) {
    Nearest nearest = search(row, offset);
    if (task() == Task.REGRESSION) {
      return (float) nearest.weightedMean();
    }
    double[] votes = nearest.votes(classes().count());
    int best = 0;
    for (int c = 1; c < votes.length; c++) {
      best = votes[c] > votes[best] ? c : best;
    }
    return best;
  }

  @Override
  public void predictProba(float[] row, int offset, float[] out, int outOffset) {
    if (task() == Task.REGRESSION) {
      super.predictProba(row, offset, out, outOffset);
      return;
    }
    double[] votes = search(row, offset).votes(classes().count());
    double total = Arrays.stream(votes).sum();
    for (int c = 0; c < votes.length; c++) {
      out[outOffset + c] = (float) (votes[c] / total);
    }
  }

  @Override
  public long sizeBytes() {
    return info().sizeBytes() + 4L * rows.length + 8L * labels.length;
  }

  private Nearest search(float[] row, int offset) {
    Nearest nearest = new Nearest();
    int p = featureCount();
    for (int i = 0, at = 0; i < labels.length; i++, at += p) {
      double worst = nearest.worst();
      double distance = 0;
      for (int j = 0; j < p && distance < worst; j++) {
        double d = (double) rows[at + j] - row[offset + j];
        distance += d * d;
      }
      if (distance < worst) {
        nearest.insert(distance, i);
      }
    }
    return nearest;
  }

  /** The nearest rows so far, by squared distance ascending. */
  private final class Nearest {
    private final double[] distance = new double[k];
    private final int[] index = new int[k];
    private int found;

    double worst() {
      return found < k ? Double.POSITIVE_INFINITY : distance[k - 1];
    }

    void insert(double d, int row) {
      int at = found < k ? found++ : k - 1;
      while (at > 0 && distance[at - 1] > d) {
        distance[at] = distance[at - 1];
        index[at] = index[at - 1];
        at--;
      }
      distance[at] = d;
      index[at] = row;
    }

    double weightedMean() {
      double sum = 0;
      double weights = 0;
      for (int i = 0; i < found; i++) {
        double w = weight(i);
        sum += w * labels[index[i]];
        weights += w;
      }
      return sum / weights;
    }

    double[] votes(int classes) {
      double[] votes = new double[classes];
      for (int i = 0; i < found; i++) {
        votes[(int) labels[index[i]]] += weight(i);
      }
      return votes;
    }

    private double weight(int i) {
      return switch (weighting) {
        case UNIFORM -> 1;
        case DISTANCE -> distance[0] == 0 ? (distance[i] == 0 ? 1 : 0) : 1 / Math.sqrt(distance[i]);
      };
    }
  }

  @Override
  public void write(PayloadWriter out, NestedModels nested) {
    out.writeInt(k);
    out.writeByte(weighting.ordinal());
    out.writeFloats(rows);
    out.writeDoubles(labels);
  }

  static NeighboursModel read(ModelInfo info, PayloadReader in, NestedModels nested) {
    int k = in.readInt();
    Weighting weighting = in.readConstant(Weighting.values());
    float[] rows = in.readFloats();
    double[] labels = in.readDoubles();
    in.require(rows.length == (long) labels.length * info.features().size(), "rows are missing");
    in.require(k > 0 && k <= labels.length, "k = " + k);
    if (info.task() == Task.CLASSIFICATION) {
      int classes = info.classes().count();
      in.require(Arrays.stream(labels).allMatch(y -> y >= 0 && y < classes), "a class index");
    }
    return new NeighboursModel(info, k, weighting, rows, labels);
  }
}
