package org.pglynx.ml.algo;

import java.util.List;
import org.pglynx.ml.sql.Shares;
import org.pglynx.ml.sql.SqlFunction;

/**
 * A model that has a number for each class: the logarithm of the class's probability, but for what
 * all classes share. The class of the largest one is predicted, the first of several.
 */
public abstract class ClassScores extends StoredModel {
  /** A model of a classification. */
  protected ClassScores(ModelInfo info) {
    super(info);
  }

  /** The number of a class for a row. */
  protected abstract double score(int c, float[] row, int offset);

  private int count() {
    return info().classes().count();
  }

  @Override
  public final float predict(float[] row, int offset) {
    int best = 0;
    double most = score(0, row, offset);
    for (int c = 1; c < count(); c++) {
      double score = score(c, row, offset);
      if (score > most) {
        most = score;
        best = c;
      }
    }
    return best;
  }

  @Override
  public final void predictProba(float[] row, int offset, float[] out, int outOffset) {
    int classes = count();
    double most = Double.NEGATIVE_INFINITY;
    for (int c = 0; c < classes; c++) {
      most = Math.max(most, score(c, row, offset));
    }
    double sum = 0;
    for (int c = 0; c < classes; c++) {
      double share = Math.exp(score(c, row, offset) - most);
      out[outOffset + c] = (float) share;
      sum += share;
    }
    for (int c = 0; c < classes; c++) {
      out[outOffset + c] = (float) (out[outOffset + c] / sum);
    }
  }

  /** Writes what is predicted from the variables of the numbers, as it is computed here. */
  protected static void writeAnswer(SqlFunction out, List<String> scores) {
    out.predict(out.value().indexOfLargest(scores));
    new Shares(out).ofRoundedLogarithms(scores);
  }
}
