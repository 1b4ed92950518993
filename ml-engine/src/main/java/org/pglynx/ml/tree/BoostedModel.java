package org.pglynx.ml.tree;

import org.pglynx.ml.algo.Link;
import org.pglynx.ml.algo.ModelInfo;
import org.pglynx.ml.algo.NestedModels;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.registry.PayloadReader;
import org.pglynx.ml.registry.PayloadWriter;

/**
 * Boosted trees: a start score per output, to which each tree of that output adds its leaf, in
 * float and in the order of training, which is how XGBoost adds.
 */
final class BoostedModel extends StoredModel {
  private final Link link;
  private final boolean missing;
  private final float[] start;
  private final int[] firstTree;
  private final FlatForest forest;

  /**
   * A boosted model.
   *
   * @param missing whether NaN features are served
   * @param start the score before the first tree, per output
   * @param firstTree the first tree of each output, and the number of trees behind them
   */
  BoostedModel(
      ModelInfo info,
      Link link,
      boolean missing,
      float[] start,
      int[] firstTree,
      FlatForest forest) {
    super(info);
    this.link = link;
    this.missing = missing;
    this.start = start;
    this.firstTree = firstTree;
    this.forest = forest;
  }

  @Override
  public boolean acceptsMissing() {
    return missing;
  }

  @Override
  public boolean providesProbabilities() {
    return link.probabilities();
  }

  @Override
  public float predict(float[] row, int offset) {
    if (start.length == 1) {
      return link.predict(margin(0, row, offset));
    }
    int best = 0;
    float max = margin(0, row, offset);
    for (int k = 1; k < start.length; k++) {
      float margin = margin(k, row, offset);
      if (margin > max) {
        max = margin;
        best = k;
      }
    }
    return best;
  }

  @Override
  public void predictProba(float[] row, int offset, float[] out, int outOffset) {
    if (!link.probabilities()) {
      super.predictProba(row, offset, out, outOffset);
    } else if (start.length == 1) {
      Link.logistic(margin(0, row, offset), out, outOffset);
    } else {
      for (int k = 0; k < start.length; k++) {
        out[outOffset + k] = margin(k, row, offset);
      }
      Link.softmax(out, outOffset, start.length);
    }
  }

  @Override
  public long sizeBytes() {
    return info().sizeBytes() + forest.sizeBytes();
  }

  /** The score of one output before the link. */
  float margin(int output, float[] row, int offset) {
    return forest.sum(start[output], firstTree[output], firstTree[output + 1], row, offset);
  }

  @Override
  public void write(PayloadWriter out, NestedModels nested) {
    out.writeByte(link.ordinal());
    out.writeByte(missing ? 1 : 0);
    out.writeFloats(start);
    out.writeInts(firstTree);
    forest.write(out);
  }

  static BoostedModel read(ModelInfo info, PayloadReader in, NestedModels nested) {
    Link link = in.readConstant(Link.values());
    boolean missing = in.readByte() == 1;
    float[] start = in.readFloats();
    int[] firstTree = in.readInts();
    FlatForest forest = FlatForest.read(in, info.features().size(), Integer.MAX_VALUE);
    link.requireOutputs(in, info, start.length);
    in.require(firstTree.length == start.length + 1 && firstTree[0] == 0, "tree groups");
    for (int k = 0; k < start.length; k++) {
      in.require(firstTree[k] <= firstTree[k + 1], "tree groups");
    }
    in.require(firstTree[start.length] == forest.treeCount(), "tree groups");
    return new BoostedModel(info, link, missing, start, firstTree, forest);
  }
}
