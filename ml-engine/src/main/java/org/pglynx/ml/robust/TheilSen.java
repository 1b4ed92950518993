package org.pglynx.ml.robust;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.Link;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.data.NumpyRandom;
import org.pglynx.ml.linalg.JacobiSvd;
import org.pglynx.ml.linalg.StreamingQr;
import org.pglynx.ml.linalg.Triangle;
import org.pglynx.ml.linear.LinearModel;
import org.pglynx.ml.linear.LinearParameters;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;

/**
 * The Theil–Sen estimator for several features (Dang, Peng, Wang, Zhang 2008): the spatial median
 * of the least squares of many small sets of rows, drawn as scikit-learn draws them.
 */
final class TheilSen {
  static final List<ParameterSpec> PARAMETERS =
      LinearParameters.with(
          ParameterSpec.whole("max_subpopulation", 1, 10_000_000),
          ParameterSpec.wholeOrNull("n_subsamples", 1, Integer.MAX_VALUE),
          LinearParameters.MAX_ITER,
          LinearParameters.TOL,
          LinearParameters.RANDOM_STATE,
          LinearParameters.JOBS);

  private static final double EPSILON = 0x1.0p-52;

  private final TrainingTable table;
  private final Parameters parameters;
  private final FitContext context;
  private final boolean intercept;
  private final int width;
  private final int subset;

  private TheilSen(TrainingTable table, Parameters parameters, FitContext context) {
    this.table = table;
    this.parameters = parameters;
    this.context = context;
    this.intercept = LinearParameters.intercept(parameters);
    this.width = table.width() + (intercept ? 1 : 0);
    this.subset = subsetSize();
  }

  static StoredModel fit(TrainingTable table, Parameters parameters, FitContext context) {
    return new TheilSen(table, parameters, context).run();
  }

  private int subsetSize() {
    int n = table.rows();
    int wanted = parameters.whole("n_subsamples", Math.min(width, n));
    if (wanted > n || wanted < Math.min(width, n)) {
      throw new MlException(
          Kind.BAD_HYPERPARAMETER,
          "n_subsamples = %d must be from %d to %d".formatted(wanted, Math.min(width, n), n),
          "It is at least the number of features (and one for the intercept) and at most the"
              + " number of rows.");
    }
    return wanted;
  }

  private LinearModel run() {
    List<double[]> solutions = new ArrayList<>();
    int most = parameters.whole("max_subpopulation", 10_000);
    if (combinations() <= most) {
      allSets(solutions);
    } else {
      NumpyRandom random = new NumpyRandom(LinearParameters.seed(parameters, context));
      for (int k = 0; k < most; k++) {
        context.cancel().check();
        int[] rows = Arrays.copyOf(random.permutation(table.rows()), subset);
        solutions.add(solve(rows));
      }
    }
    double[] median =
        SpatialMedian.of(
            solutions,
            parameters.whole("max_iter", 300),
            parameters.real("tol", 1e-3),
            context.cancel());
    double[] weights = Arrays.copyOfRange(median, intercept ? 1 : 0, width);
    double[] start = {intercept ? median[0] : 0};
    return LinearModel.fitted(table.info(), Link.IDENTITY, weights, start);
  }

  /** How many sets of rows there are. */
  private double combinations() {
    double count = 1;
    for (int i = 0; i < subset; i++) {
      count = count * (table.rows() - i) / (i + 1);
    }
    return Math.max(1, Math.rint(count));
  }

  private void allSets(List<double[]> solutions) {
    int[] rows = new int[subset];
    Arrays.setAll(rows, i -> i);
    int last = subset - 1;
    while (true) {
      context.cancel().check();
      solutions.add(solve(rows));
      int i = last;
      while (i >= 0 && rows[i] == table.rows() - subset + i) {
        i--;
      }
      if (i < 0) {
        return;
      }
      rows[i]++;
      for (int j = i + 1; j <= last; j++) {
        rows[j] = rows[j - 1] + 1;
      }
    }
  }

  /** The least squares of some rows; the shortest where they do not determine it. */
  private double[] solve(int[] rows) {
    StreamingQr qr = new StreamingQr(width, 1, context.cancel()::check);
    double[] row = new double[width + 1];
    int first = intercept ? 1 : 0;
    for (int i : rows) {
      row[0] = 1;
      for (int j = 0; j < table.width(); j++) {
        row[first + j] = table.feature(i, j);
      }
      row[width] = table.y()[i];
      qr.add(row);
    }
    StreamingQr.Result result = qr.result();
    Triangle triangle = new Triangle(width, result.r());
    return triangle.determined(1e3 * EPSILON)
        ? triangle.solve(result.projected()[0])
        : JacobiSvd.ofRows(width, result.r(), context.cancel()::check)
            .solve(result.projected()[0], 0, EPSILON);
  }
}
