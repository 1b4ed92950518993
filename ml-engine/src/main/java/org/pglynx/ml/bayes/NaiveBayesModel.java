package org.pglynx.ml.bayes;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.ClassScores;
import org.pglynx.ml.algo.ModelInfo;
import org.pglynx.ml.algo.NestedModels;
import org.pglynx.ml.registry.PayloadReader;
import org.pglynx.ml.registry.PayloadWriter;
import org.pglynx.ml.sql.Dense;
import org.pglynx.ml.sql.Sql;
import org.pglynx.ml.sql.SqlBlock;
import org.pglynx.ml.sql.SqlFunction;

/** Gaussian naive Bayes: an independent normal distribution per class and feature. */
final class NaiveBayesModel extends ClassScores {
  private final double[] logPrior;
  private final double[] mean;
  private final double[] variance;

  /**
   * A model.
   *
   * @param logPrior per class, with the constant part of the densities
   * @param mean classes × features
   * @param variance classes × features, all positive
   */
  NaiveBayesModel(ModelInfo info, double[] logPrior, double[] mean, double[] variance) {
    super(info);
    this.logPrior = logPrior;
    this.mean = mean;
    this.variance = variance;
  }

  @Override
  public long sizeBytes() {
    return info().sizeBytes() + 8L * (logPrior.length + mean.length + variance.length);
  }

  @Override
  protected double score(int c, float[] row, int offset) {
    int p = featureCount();
    double sum = 0;
    for (int j = 0, at = c * p; j < p; j++, at++) {
      double d = row[offset + j] - mean[at];
      sum += d * d / variance[at];
    }
    return logPrior[c] - sum / 2;
  }

  @Override
  public @Nullable String notInSql() {
    return Dense.tooLarge(mean.length);
  }

  @Override
  public void writeSql(SqlFunction out, List<String> row) {
    SqlBlock common = out.common();
    int p = row.size();
    List<String> scores = new ArrayList<>();
    for (int c = 0; c < logPrior.length; c++) {
      String sum = common.number(Sql.number(0));
      String d = common.number(Sql.number(0));
      for (int j = 0, at = c * p; j < p; j++, at++) {
        common.set(d, Sql.minus(row.get(j), Sql.number(mean[at])));
        String square = Sql.over(Sql.times(d, d), Sql.number(variance[at]));
        common.set(sum, Sql.plus(sum, square));
      }
      String half = Sql.over(sum, Sql.number(2));
      scores.add(common.number(Sql.minus(Sql.number(logPrior[c]), half)));
    }
    writeAnswer(out, scores);
  }

  @Override
  public void write(PayloadWriter out, NestedModels nested) {
    out.writeDoubles(logPrior);
    out.writeDoubles(mean);
    out.writeDoubles(variance);
  }

  static NaiveBayesModel read(ModelInfo info, PayloadReader in, NestedModels nested) {
    double[] logPrior = in.readDoubles();
    double[] mean = in.readDoubles();
    double[] variance = in.readDoubles();
    int classes = info.classes().count();
    in.require(classes > 1 && logPrior.length == classes, "class priors");
    long cells = (long) classes * info.features().size();
    in.require(mean.length == cells && variance.length == cells, "class distributions");
    return new NaiveBayesModel(info, logPrior, mean, variance);
  }
}
