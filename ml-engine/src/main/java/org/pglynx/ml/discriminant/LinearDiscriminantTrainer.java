package org.pglynx.ml.discriminant;

import java.util.List;
import org.pglynx.ml.algo.Domain;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.bayes.ClassPriors;
import org.pglynx.ml.bayes.LinearScores;
import org.pglynx.ml.linalg.SymmetricEigen;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;

/**
 * Linear discriminant analysis as in scikit-learn. Its solvers: 'svd' whitens the standardised
 * features and keeps the directions in which classes differ; 'lsqr' and 'eigen' invert the mean
 * covariance of the classes, which may be shrunk, and predict the same.
 */
final class LinearDiscriminantTrainer {
  static final List<ParameterSpec> PARAMETERS =
      List.of(
          ParameterSpec.choice("solver", "svd", "lsqr", "eigen"),
          new ParameterSpec(
                  "shrinkage",
                  List.of(),
                  new Domain.Either(
                      new Domain.Choice(List.of("auto")), new Domain.Real(0, true, 1)))
              .orNull(),
          ClassPriors.spec("priors"),
          ParameterSpec.positive("tol"));

  private static final double EPSILON = 0x1.0p-52;

  private final TrainingTable table;
  private final Parameters parameters;
  private final FitContext context;
  private final ClassMoments moments;
  private final double[] priors;
  private final int p;
  private final int classes;

  private LinearDiscriminantTrainer(
      TrainingTable table, Parameters parameters, FitContext context) {
    this.table = table;
    this.parameters = parameters;
    this.context = context;
    this.moments = new ClassMoments(table, context);
    this.priors = ClassPriors.of(table, parameters, "priors");
    this.p = table.width();
    this.classes = table.classCount();
  }

  static StoredModel fit(TrainingTable table, Parameters parameters, FitContext context) {
    LinearDiscriminantTrainer trainer = new LinearDiscriminantTrainer(table, parameters, context);
    if (!parameters.choice("solver", "svd").equals("svd")) {
      return trainer.byCovariance();
    }
    if (parameters.has("shrinkage")) {
      throw new MlException(
          Kind.BAD_HYPERPARAMETER,
          "hyperparameter \"shrinkage\" does not go with solver 'svd'",
          "Use solver 'lsqr' or 'eigen' with it.");
    }
    return trainer.byDirections();
  }

  private StoredModel byDirections() {
    if (table.rows() <= classes) {
      throw new MlException(
          Kind.BAD_DATA,
          "%d rows of %d classes tell nothing about the spread within a class"
              .formatted(table.rows(), classes),
          "Train on more rows than there are classes.");
    }
    double[] centre = moments.centre(priors);
    double[][] directions = directions(centre);
    double[] weights = new double[classes * p];
    double[] intercepts = new double[classes];
    for (int c = 0; c < classes; c++) {
      intercepts[c] = log(priors[c]);
      for (double[] direction : directions) {
        double along = 0;
        for (int j = 0; j < p; j++) {
          along += (moments.means()[c * p + j] - centre[j]) * direction[j];
        }
        intercepts[c] -= along * along / 2;
        for (int j = 0; j < p; j++) {
          weights[c * p + j] += along * direction[j];
          intercepts[c] -= along * direction[j] * centre[j];
        }
      }
    }
    return LinearScores.of(table.info(), weights, intercepts);
  }

  /** The directions between classes, of variance 1 within them. */
  private double[][] directions(double[] centre) {
    double[][] whitening = whitening();
    int r = whitening.length;
    if (r == 0) {
      return whitening;
    }
    double share = table.rows() / Math.max(1.0, classes - 1);
    double[][] between = new double[r][r];
    for (int c = 0; c < classes; c++) {
      double[] along = new double[r];
      for (int a = 0; a < r; a++) {
        for (int j = 0; j < p; j++) {
          along[a] += (moments.means()[c * p + j] - centre[j]) * whitening[a][j];
        }
      }
      for (int a = 0; a < r; a++) {
        for (int b = 0; b < r; b++) {
          between[a][b] += share * priors[c] * along[a] * along[b];
        }
      }
    }
    SymmetricEigen eigen = new SymmetricEigen(between, context.cancel()::check);
    double tolerance = parameters.real("tol", 1e-4);
    int kept = 0;
    while (kept < Math.min(r, classes)
        && Math.sqrt(Math.max(0, eigen.value(kept))) > tolerance * Math.sqrt(eigen.value(0))) {
      kept++;
    }
    double[][] directions = new double[kept][p];
    for (int d = 0; d < kept; d++) {
      for (int a = 0; a < r; a++) {
        for (int j = 0; j < p; j++) {
          directions[d][j] += eigen.vector(d)[a] * whitening[a][j];
        }
      }
    }
    return directions;
  }

  /** Directions of variance 1 within classes, without those in which there is none. */
  private double[][] whitening() {
    double[][] within = moments.scatter(-1);
    double[] deviation = new double[p];
    for (int j = 0; j < p; j++) {
      double variance = within[j][j] / table.rows();
      deviation[j] = variance > 0 ? Math.sqrt(variance) : 1;
    }
    for (int j = 0; j < p; j++) {
      for (int k = 0; k < p; k++) {
        within[j][k] /= deviation[j] * deviation[k] * (table.rows() - classes);
      }
    }
    SymmetricEigen eigen = new SymmetricEigen(within, context.cancel()::check);
    int rank = 0;
    while (rank < p && Math.sqrt(Math.max(0, eigen.value(rank))) > parameters.real("tol", 1e-4)) {
      rank++;
    }
    double[][] whitening = new double[rank][p];
    for (int a = 0; a < rank; a++) {
      for (int j = 0; j < p; j++) {
        whitening[a][j] = eigen.vector(a)[j] / deviation[j] / Math.sqrt(eigen.value(a));
      }
    }
    return whitening;
  }

  private StoredModel byCovariance() {
    double[][] covariance = new double[p][p];
    for (int c = 0; c < classes; c++) {
      double[][] own = shrunk(c);
      for (int j = 0; j < p; j++) {
        for (int k = 0; k < p; k++) {
          covariance[j][k] += priors[c] * own[j][k];
        }
      }
    }
    SymmetricEigen eigen = new SymmetricEigen(covariance, context.cancel()::check);
    double[] weights = new double[classes * p];
    double[] intercepts = new double[classes];
    for (int c = 0; c < classes; c++) {
      for (int a = 0; a < p && eigen.value(a) > p * EPSILON * eigen.value(0); a++) {
        double along = 0;
        for (int j = 0; j < p; j++) {
          along += moments.means()[c * p + j] * eigen.vector(a)[j];
        }
        for (int j = 0; j < p; j++) {
          weights[c * p + j] += along / eigen.value(a) * eigen.vector(a)[j];
        }
      }
      intercepts[c] = log(priors[c]);
      for (int j = 0; j < p; j++) {
        intercepts[c] -= moments.means()[c * p + j] * weights[c * p + j] / 2;
      }
    }
    return LinearScores.of(table.info(), weights, intercepts);
  }

  /** The covariance of a class, drawn towards a multiple of the unit matrix. */
  private double[][] shrunk(int c) {
    double[][] covariance = moments.scatter(c);
    double[] deviation = new double[p];
    boolean auto = parameters.choice("shrinkage", "").equals("auto");
    for (int j = 0; j < p; j++) {
      double variance = covariance[j][j] / moments.counts()[c];
      deviation[j] = auto && variance > 0 ? Math.sqrt(variance) : 1;
    }
    for (int j = 0; j < p; j++) {
      for (int k = 0; k < p; k++) {
        covariance[j][k] /= moments.counts()[c] * deviation[j] * deviation[k];
      }
    }
    double share = auto ? moments.noise(c, deviation, covariance) : parameters.real("shrinkage", 0);
    double trace = 0;
    for (int j = 0; j < p; j++) {
      trace += covariance[j][j];
    }
    for (int j = 0; j < p; j++) {
      for (int k = 0; k < p; k++) {
        double towards = j == k ? share * trace / p : 0;
        covariance[j][k] = ((1 - share) * covariance[j][k] + towards) * deviation[j] * deviation[k];
      }
    }
    return covariance;
  }

  private static double log(double prior) {
    return Math.log(Math.max(prior, Double.MIN_NORMAL));
  }
}
