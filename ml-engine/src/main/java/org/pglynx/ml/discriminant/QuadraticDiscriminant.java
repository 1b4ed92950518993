package org.pglynx.ml.discriminant;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.ClassScores;
import org.pglynx.ml.algo.ModelInfo;
import org.pglynx.ml.algo.NestedModels;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.registry.PayloadReader;
import org.pglynx.ml.registry.PayloadWriter;
import org.pglynx.ml.sql.Dense;
import org.pglynx.ml.sql.Sql;
import org.pglynx.ml.sql.SqlBlock;
import org.pglynx.ml.sql.SqlFunction;

/** A normal distribution for each class. */
final class QuadraticDiscriminant extends ClassScores {
  private final double[] constants;
  private final double[] means;
  private final double[][] whitening;

  /**
   * A model.
   *
   * @param constants per class: logarithms of the prior and of the density's constant
   * @param means classes × features
   * @param whitening per class: rows that map a deviation to variance 1
   */
  QuadraticDiscriminant(ModelInfo info, double[] constants, double[] means, double[][] whitening) {
    super(info);
    this.constants = constants;
    this.means = means;
    this.whitening = whitening;
  }

  @Override
  protected double score(int c, float[] row, int offset) {
    int p = featureCount();
    double squares = 0;
    double[] rotation = whitening[c];
    for (int at = 0; at < rotation.length; at += p) {
      double along = 0;
      for (int j = 0; j < p; j++) {
        along += rotation[at + j] * (row[offset + j] - means[c * p + j]);
      }
      squares += along * along;
    }
    return constants[c] - squares / 2;
  }

  @Override
  public long sizeBytes() {
    long numbers = constants.length + means.length;
    for (double[] rotation : whitening) {
      numbers += rotation.length;
    }
    return info().sizeBytes() + 8 * numbers;
  }

  @Override
  public @Nullable String notInSql() {
    long terms = 0;
    for (double[] rotation : whitening) {
      terms += rotation.length;
    }
    return Dense.tooLarge(terms);
  }

  @Override
  public void writeSql(SqlFunction out, List<String> row) {
    List<String> scores = new ArrayList<>();
    for (int c = 0; c < constants.length; c++) {
      scores.add(writeScore(c, out.common(), row));
    }
    writeAnswer(out, scores);
  }

  private String writeScore(int c, SqlBlock out, List<String> row) {
    int p = row.size();
    List<String> deviations = new ArrayList<>();
    for (int j = 0; j < p; j++) {
      deviations.add(out.number(Sql.minus(row.get(j), Sql.number(means[c * p + j]))));
    }
    double[] rotation = whitening[c];
    List<String> along = new Dense(out).sums(rotation, new double[rotation.length / p], deviations);
    String squares = out.number(Sql.number(0));
    out.add(squares, along.stream().map(a -> Sql.times(a, a)).toList());
    return out.number(Sql.minus(Sql.number(constants[c]), Sql.over(squares, Sql.number(2))));
  }

  @Override
  public void write(PayloadWriter out, NestedModels nested) {
    out.writeDoubles(constants);
    out.writeDoubles(means);
    for (double[] rotation : whitening) {
      out.writeDoubles(rotation);
    }
  }

  static QuadraticDiscriminant read(ModelInfo info, PayloadReader in, NestedModels nested) {
    double[] constants = in.readDoubles();
    double[] means = in.readDoubles();
    int classes = info.classes().count();
    int p = info.features().size();
    in.require(info.task() == Task.CLASSIFICATION && constants.length == classes, "its classes");
    in.require(means.length == (long) classes * p, "means are missing");
    double[][] whitening = new double[classes][];
    for (int c = 0; c < classes; c++) {
      whitening[c] = in.readDoubles();
      in.require(whitening[c].length % p == 0, "a rotation");
    }
    return new QuadraticDiscriminant(info, constants, means, whitening);
  }
}
