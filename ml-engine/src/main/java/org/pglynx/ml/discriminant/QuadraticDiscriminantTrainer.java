package org.pglynx.ml.discriminant;

import java.util.List;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.bayes.ClassPriors;
import org.pglynx.ml.linalg.SymmetricEigen;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;

/**
 * Quadratic discriminant analysis: a covariance for each class. Where scikit-learn warns that
 * features are collinear within a class, and goes on with variances of rounding errors, it is
 * refused here.
 */
final class QuadraticDiscriminantTrainer {
  static final List<ParameterSpec> PARAMETERS =
      List.of(
          ClassPriors.spec("priors"),
          ParameterSpec.between("reg_param", 0, 1),
          ParameterSpec.positive("tol"));

  private QuadraticDiscriminantTrainer() {}

  static StoredModel fit(TrainingTable table, Parameters parameters, FitContext context) {
    ClassMoments moments = new ClassMoments(table, context);
    double[] priors = ClassPriors.of(table, parameters, "priors");
    int p = table.width();
    double[] constants = new double[priors.length];
    double[][] whitening = new double[priors.length][];
    for (int c = 0; c < priors.length; c++) {
      int rows = moments.counts()[c];
      if (rows < 2) {
        throw refused(table, c, "has one row only");
      }
      SymmetricEigen eigen = new SymmetricEigen(moments.scatter(c), context.cancel()::check);
      double regularisation = parameters.real("reg_param", 0);
      requireSpread(table, c, eigen, parameters.real("tol", 1e-4), regularisation);
      int r = Math.min(rows, p);
      whitening[c] = new double[r * p];
      constants[c] = Math.log(Math.max(priors[c], Double.MIN_NORMAL));
      for (int a = 0; a < r; a++) {
        double variance = Math.max(0, eigen.value(a)) / (rows - 1);
        variance = (1 - regularisation) * variance + regularisation;
        constants[c] -= Math.log(variance) / 2;
        for (int j = 0; j < p; j++) {
          whitening[c][a * p + j] = eigen.vector(a)[j] / Math.sqrt(variance);
        }
      }
      context.progress().progress("classes", c + 1, priors.length);
    }
    return new QuadraticDiscriminant(table.info(), constants, moments.means(), whitening);
  }

  private static void requireSpread(
      TrainingTable table, int c, SymmetricEigen eigen, double tolerance, double regularisation) {
    double least = eigen.value(table.width() - 1);
    if (regularisation == 0 && !(Math.sqrt(Math.max(0, least)) > tolerance)) {
      throw refused(table, c, "has collinear features, or fewer rows than features");
    }
  }

  private static MlException refused(TrainingTable table, int c, String why) {
    return new MlException(
        Kind.BAD_DATA,
        "class \"%s\" %s, which gives no covariance to tell it by"
            .formatted(table.info().classes().name(c), why),
        "Set reg_param above 0, drop features, or use 'linear_discriminant_analysis'.");
  }
}
